"""What an enterprise applied with, and every version it ever submitted."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Computed, Enum, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation
from score_web.core.db import Base, UtcDateTime, some_rows, utc_now
from score_web.enrolment.states import EnrolmentState

# Where an enrolment stands in the lists of a partner: written by the database itself, so that it cannot differ from the state
TAB = "CASE state WHEN 'submitted' THEN 'decide' WHEN 'returned' THEN 'enterprise' WHEN 'draft' THEN '' ELSE 'decided' END"
LISTED_AT = "CASE state WHEN 'submitted' THEN submitted_at ELSE coalesce(decided_at, submitted_at) END"
HANDED_IN = "institution_id IS NOT NULL"  # in the index, so that whoever counts or skips need not look at the rows


class Enrolment(Base):
    """One per enterprise. `answers` keeps every field as typed (strings; lists for several choices), even while wrong;
    the columns below it are filled from valid answers at submission and are what lists, searches and rules read.

    `returned_fields` maps a field name to the partner's remark; `approved_before` stays true once approved.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        some_rows("uq_enrolment_code_approved", "code", where="state = 'approved'", unique=True),
        Index("ix_enrolment_institution_listed", "institution_id", "tab", "listed_at", "id"),
        *(some_rows(f"ix_enrolment_{name}_listed", *own, "tab", "listed_at", "id", where=HANDED_IN)
          for name, own in (("all", ()), ("province", ("province",)), ("city", ("city",)))),
        CheckConstraint("women >= 0 AND men >= 0 AND managers >= 0 AND workers >= 0 AND casual >= 0", name="counts"),
        CheckConstraint("women + men = managers + workers", name="headcount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[EnrolmentState] = mapped_column(
        Enum(EnrolmentState, native_enum=False, length=20, values_callable=lambda states: [s.value for s in states]),
        default=EnrolmentState.DRAFT,
    )
    version: Mapped[int] = mapped_column()
    answers: Mapped[dict] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_fields: Mapped[dict] = mapped_column(JSON, default=dict)
    approved_before: Mapped[bool] = mapped_column(default=False)

    name_zh: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(160), default="")
    code: Mapped[str] = mapped_column(String(18), default="", index=True)
    code_overridden: Mapped[bool] = mapped_column(default=False)
    division_code: Mapped[str] = mapped_column(String(6), default="")
    sector: Mapped[str] = mapped_column(String(3), default="")
    women: Mapped[int] = mapped_column(default=0)
    men: Mapped[int] = mapped_column(default=0)
    managers: Mapped[int] = mapped_column(default=0)
    workers: Mapped[int] = mapped_column(default=0)
    casual: Mapped[int] = mapped_column(default=0)
    modules: Mapped[str] = mapped_column(String(20), default="")

    tab: Mapped[str | None] = mapped_column(String(10), Computed(TAB, persisted=True))
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, Computed(LISTED_AT, persisted=True))
    province: Mapped[str | None] = mapped_column(String(2), Computed("substr(division_code, 1, 2)", persisted=True))
    city: Mapped[str | None] = mapped_column(String(4), Computed("substr(division_code, 1, 4)", persisted=True))

    enterprise: Mapped[Organisation] = relationship(foreign_keys=[enterprise_id])
    institution: Mapped[Organisation | None] = relationship(foreign_keys=[institution_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def employees(self) -> int:
        """Head-count with casual staff: women + men = managers + workers = head-count (DOMAIN: scoring rules)."""
        return self.women + self.men


class EnrolmentVersion(Base):
    """What was submitted or corrected, number by number: the partner's diff and the enterprise's history."""

    __tablename__ = "enrolment_version"
    __table_args__ = (UniqueConstraint("enrolment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[dict] = mapped_column(JSON)
