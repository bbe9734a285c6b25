"""Who trains: profile, certification per module, days off and claimed days."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation, Person
from score_web.core.db import Base, UtcDateTime, utc_now
from score_web.trainers.certification import Level


class TrainerProfile(Base):
    """One per trainer. `provinces` holds GB/T 2260 province codes, `languages` "zh,en", `weekdays` ISO numbers "1,2,3,4,5".

    `institution_id` is the partner institution that grants certification.
    """

    __tablename__ = "trainer_profile"
    __table_args__ = (Index("ix_trainer_profile_institution", "institution_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    provinces: Mapped[str] = mapped_column(String(400), default="")
    languages: Mapped[str] = mapped_column(String(20), default="zh")
    weekdays: Mapped[str] = mapped_column(String(20), default="1,2,3,4,5")
    about: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column()

    person: Mapped[Person] = relationship()
    institution: Mapped[Organisation] = relationship()
    certifications: Mapped[list["Certification"]] = relationship(back_populates="trainer", order_by="Certification.module")

    __mapper_args__ = {"version_id_col": version}

    @property
    def levels(self) -> dict[int, Level]:
        """Live levels by module."""
        return {c.module: c.level for c in self.certifications if c.ended_at is None}


class Certification(Base):
    """What a trainer may train; one row per module, raised or ended by the institution."""

    __tablename__ = "certification"
    __table_args__ = (UniqueConstraint("trainer_id", "module"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer_profile.id"))
    module: Mapped[int]
    level: Mapped[Level] = mapped_column(
        Enum(Level, native_enum=False, length=20, values_callable=lambda levels: [level.value for level in levels])
    )
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    trainer: Mapped[TrainerProfile] = relationship(back_populates="certifications")


class DayOff(Base):
    """A day on which a trainer does not work, beside the weekly pattern and public holidays."""

    __tablename__ = "day_off"
    __table_args__ = (UniqueConstraint("trainer_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer_profile.id"))
    day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200), default="")


class DayClaim(Base):
    """A whole day taken by an event ("booking:12"). Unique per trainer and day: a double booking is impossible, whoever claims."""

    __tablename__ = "day_claim"
    __table_args__ = (UniqueConstraint("trainer_id", "day"), CheckConstraint("because <> ''", name="because"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer_profile.id"))
    day: Mapped[date] = mapped_column(Date)
    because: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrainerPlace(Base):
    """Whom an enterprise of a province ("33") may find. A rollup (core/rollups.py): it follows from the provinces of the profile."""

    __tablename__ = "trainer_place"

    province: Mapped[str] = mapped_column(String(2), primary_key=True)
    trainer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
