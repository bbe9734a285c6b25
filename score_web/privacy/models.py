"""What people asked of us about their data, and who got what of an enterprise."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation, Person
from score_web.core.db import Base, UtcDateTime, some_rows, utc_now
from score_web.privacy.sharing import Shared
from score_web.privacy.states import ErasureState, RequestState


def _values(members):
    return [m.value for m in members]


class Receipt(Base):
    """Somebody from outside got something of an enterprise: one row a person, thing and day. `because` is the reason that let them,
    "institution:3" or "booking:12". Rows are only added; they hold ids, so an erasure leaves them."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("enterprise_id", "person_id", "what", "record_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[Shared] = mapped_column(Enum(Shared, native_enum=False, length=20, values_callable=_values))
    record_id: Mapped[int]
    because: Mapped[str] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)

    person: Mapped[Person] = relationship()


class DataRequest(Base):
    """What somebody wants corrected or explained and cannot do alone; the institution's answer belongs to it."""

    __tablename__ = "data_request"
    __table_args__ = (Index("ix_data_request_institution_state", "institution_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[RequestState] = mapped_column(
        Enum(RequestState, native_enum=False, length=20, values_callable=_values), default=RequestState.OPEN)
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(String(2000))
    answer: Mapped[str] = mapped_column(String(2000), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    institution: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Erasure(Base):
    """An account or an enterprise that is to be erased on a day; until then it can be taken back. One at a time for each."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_subject"),
        *(some_rows(f"uq_erasure_{name}_asked", name, where="state = 'asked'", unique=True) for name in ("person_id", "organisation_id")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[ErasureState] = mapped_column(
        Enum(ErasureState, native_enum=False, length=20, values_callable=_values), default=ErasureState.ASKED)
    version: Mapped[int] = mapped_column()
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def institution_id(self) -> int | None:
        """Who is asked about an enterprise's wish."""
        return self.organisation.institution_id if self.organisation else None

    @property
    def enterprise_id(self) -> int | None:
        return self.organisation_id
