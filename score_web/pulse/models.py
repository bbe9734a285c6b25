"""What is kept of a survey: link and limits, answers until they are counted, counts. No person, no address, no time of an answer."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import JSON, CheckConstraint, Date, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from score_web.assessment.models import AssessmentRound
from score_web.core import clock
from score_web.core.db import Base, UtcDateTime, utc_now
from score_web.pulse.states import SurveyState, takes_answers


class PulseSurvey(Base):
    """One survey of a self-assessment. `token` is its link; `last_day` the last one on which it takes answers.

    `taken` and `since_count` hold the limits of the link (in all, since the last hourly count) and are never shown;
    `told` is how many people have been counted, `keyed` how many paper slips, `dropped` how many were erased at closing.
    """

    __tablename__ = "pulse_survey"
    __table_args__ = (CheckConstraint("taken >= 0 AND told >= 0 AND keyed >= 0 AND dropped >= 0 AND dropped < 5", name="counts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), unique=True)
    token: Mapped[str] = mapped_column(String(22), unique=True)
    state: Mapped[SurveyState] = mapped_column(
        Enum(SurveyState, native_enum=False, length=20, values_callable=lambda states: [s.value for s in states]), default=SurveyState.OPEN
    )
    version: Mapped[int] = mapped_column()
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_day: Mapped[date] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken: Mapped[int] = mapped_column(default=0)
    since_count: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    keyed: Mapped[int] = mapped_column(default=0)
    dropped: Mapped[int] = mapped_column(default=0)

    round: Mapped[AssessmentRound] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def enterprise_id(self) -> int:
        return self.round.enterprise_id

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.last_day + timedelta(days=1), time.min, clock.CHINA)

    @property
    def takes_answers(self) -> bool:
        return takes_answers(self.state, self.last_day, clock.today())


class WaitingAnswer(Base):
    """A whole answer, until at least five are counted together. `id` is random and comes with the form, so that the same form
    sent twice is one answer; without SQLite's hidden row number, which would tell the order."""

    __tablename__ = "pulse_waiting_answer"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("pulse_survey.id"))
    said: Mapped[dict] = mapped_column(JSON)


class PulseCount(Base):
    """How often a choice was made: `told` in what is published, `held` back until it may be, see anonymity.py."""

    __tablename__ = "pulse_count"
    __table_args__ = (CheckConstraint("told >= 0 AND held >= 0", name="counts"), {"sqlite_with_rowid": False})

    survey_id: Mapped[int] = mapped_column(ForeignKey("pulse_survey.id"), primary_key=True)
    statement: Mapped[str] = mapped_column(String(20), primary_key=True)
    choice: Mapped[str] = mapped_column(String(2), primary_key=True)
    told: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
