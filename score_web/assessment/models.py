"""What an enterprise answered: self-assessments (rounds) and their answers, each answer with its own version."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation, Person
from score_web.assessment.states import RoundState
from score_web.core.db import Base, UtcDateTime, utc_now


class AssessmentRound(Base):
    """Shown as "self-assessment no. 2". Number 1 of a module is its baseline. `edition` is the questionnaire it was begun with.

    One open self-assessment per enterprise and module, by a partial unique index.
    """

    __tablename__ = "assessment_round"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "module", "number"),
        Index("uq_assessment_round_open", "enterprise_id", "module", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    module: Mapped[int]
    number: Mapped[int]
    edition: Mapped[str] = mapped_column(String(20))
    state: Mapped[RoundState] = mapped_column(
        Enum(RoundState, native_enum=False, length=20, values_callable=lambda states: [s.value for s in states]),
        default=RoundState.OPEN,
    )
    version: Mapped[int] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    enterprise: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def institution_id(self) -> int | None:
        return self.enterprise.institution_id

    @property
    def division_code(self) -> str:
        return self.enterprise.division_code


class Answer(Base):
    """One statement answered: `value` 0–3, or `not_applicable` with a reason; a note alone is no answer yet."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("round_id", "statement"),
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= 3)", name="value"),
        CheckConstraint("NOT (not_applicable AND value IS NOT NULL)", name="one_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    statement: Mapped[str] = mapped_column(String(20))
    value: Mapped[int | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(String(2000), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    changed_by: Mapped[Person | None] = relationship()
