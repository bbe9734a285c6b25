"""What an enterprise answered: self-assessments (rounds) and their answers, each answer with its own version."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.accounts.models import Organisation, Person
from score_web.assessment.evidence import EvidenceKind
from score_web.assessment.lenses import Lens
from score_web.assessment.states import RoundState
from score_web.core.db import Base, UtcDateTime, some_rows, utc_now

PARTICIPANTS = ("managers_women", "managers_men", "workers_women", "workers_men")


class AssessmentRound(Base):
    """Shown as "self-assessment no. 2". Number 1 of a module is its baseline. `edition` is the questionnaire it was begun with.

    One open self-assessment per enterprise and module, by a partial unique index.
    """

    __tablename__ = "assessment_round"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "module", "number"),
        some_rows("uq_assessment_round_open", "enterprise_id", "module", where="state = 'open'", unique=True),
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
    participants: Mapped["Participants | None"] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def institution_id(self) -> int | None:
        return self.enterprise.institution_id

    @property
    def division_code(self) -> str:
        return self.enterprise.division_code

    @property
    def is_submitted(self) -> bool:
        return self.state is RoundState.SUBMITTED


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
    discuss: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    changed_by: Mapped[Person | None] = relationship()


class LensValue(Base):
    """How one side rated one statement: the sum of its ratings and their number. Self rows stand while the round is submitted;
    of workers there are never fewer than five together."""

    __tablename__ = "lens_value"
    __table_args__ = (
        UniqueConstraint("round_id", "statement", "lens"),
        CheckConstraint("sum >= 0 AND sum <= 3 * n", name="ratings"),
        CheckConstraint("(lens = 'workers' AND n >= 5) OR (lens <> 'workers' AND n = 1)", name="never_one_worker"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    statement: Mapped[str] = mapped_column(String(20))
    lens: Mapped[Lens] = mapped_column(
        Enum(Lens, native_enum=False, length=10, values_callable=lambda lenses: [lens.value for lens in lenses]))
    sum: Mapped[int]
    n: Mapped[int]


class WorkerVoice(Base):
    """How many workers answered, of how many employees, as of the last release; written by pulse."""

    __tablename__ = "worker_voice"
    __table_args__ = (CheckConstraint("responses >= 0 AND head_count >= 0", name="counts"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), primary_key=True)
    responses: Mapped[int]
    head_count: Mapped[int]
    as_of: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class TrainerRating(Base):
    """What a trainer found in the workshop: 0–3 or nothing (taken back), with a comment. Each change is in the audit."""

    __tablename__ = "trainer_rating"
    __table_args__ = (
        UniqueConstraint("round_id", "statement"),
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= 3)", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    statement: Mapped[str] = mapped_column(String(20))
    value: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(2000), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    changed_by: Mapped[Person | None] = relationship()


class AnswerVersion(Base):
    """What an answer said before it was changed. The history of a statement is these rows and the Answer itself."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("round_id", "statement", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    statement: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    value: Mapped[int | None]
    not_applicable: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(2000))
    discuss: Mapped[bool]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    changed_by: Mapped[Person | None] = relationship()


class Participants(Base):
    """Who sat together over a self-assessment. No row: the enterprise has not said."""

    __tablename__ = "participants"
    __table_args__ = tuple(CheckConstraint(f"{name} BETWEEN 0 AND 999", name=name) for name in PARTICIPANTS)

    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), primary_key=True)
    managers_women: Mapped[int]
    managers_men: Mapped[int]
    workers_women: Mapped[int]
    workers_men: Mapped[int]

    @property
    def managers(self) -> int:
        return self.managers_women + self.managers_men

    @property
    def workers(self) -> int:
        return self.workers_women + self.workers_men

    @property
    def women(self) -> int:
        return self.managers_women + self.workers_women

    @property
    def men(self) -> int:
        return self.managers_men + self.workers_men

    @property
    def total(self) -> int:
        return self.managers + self.workers


class ThemeAssignment(Base):
    """A theme given to one colleague. It says who is to do it, not who may: everybody of the enterprise may answer."""

    __tablename__ = "theme_assignment"
    __table_args__ = (UniqueConstraint("round_id", "theme"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    theme: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Evidence(Base):
    """A photo or document that stands behind an answer; it stays with its self-assessment. `sha256` is that of the file as it is kept."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("round_id", "statement", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"))
    statement: Mapped[str] = mapped_column(String(20))
    kind: Mapped[EvidenceKind] = mapped_column(
        Enum(EvidenceKind, native_enum=False, length=20, values_callable=lambda kinds: [kind.value for kind in kinds]))
    name: Mapped[str] = mapped_column(String(150))
    caption: Mapped[str] = mapped_column(String(300), default="")
    made_on: Mapped[date]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    file_key: Mapped[str] = mapped_column(String(32), unique=True)
    thumbnail_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    round: Mapped[AssessmentRound] = relationship(lazy="joined", innerjoin=True)

    @property
    def enterprise_id(self) -> int:
        return self.round.enterprise_id

    @property
    def institution_id(self) -> int | None:
        return self.round.institution_id

    @property
    def is_submitted(self) -> bool:
        return self.round.is_submitted


class GuestDraft(Base):
    """The trial of somebody without an account. Nothing in it says who: only the cookie of that browser knows the key.
    `answers` by statement: choice, reason, note, at. With `person_id` it waits for that person, who has registered since."""

    __tablename__ = "guest_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    module: Mapped[int]
    edition: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict] = mapped_column(JSON, default=dict)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class BenchmarkValue(Base):
    """What an approved enterprise brings to the medians of others: of its latest submitted self-assessment of a module the sum and the
    number of ratings, by theme id and, without one, as a whole. A rollup (core/rollups.py): it follows from the records."""

    __tablename__ = "benchmark_value"

    enterprise_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    module: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    theme: Mapped[str] = mapped_column(String(20), primary_key=True)
    sector: Mapped[str] = mapped_column(String(3))
    province: Mapped[str] = mapped_column(String(2))
    sum: Mapped[int]
    number: Mapped[int]


class BenchmarkCount(Base):
    """How many of those stand at one value in a circle: a sector "C38", a province "33", or, for the whole module alone, both
    "C38/33". The medians are read from here, whatever the number of enterprises."""

    __tablename__ = "benchmark_count"

    module: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    circle: Mapped[str] = mapped_column(String(8), primary_key=True)
    theme: Mapped[str] = mapped_column(String(20), primary_key=True)
    sum: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]
