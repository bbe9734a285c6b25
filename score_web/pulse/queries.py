"""Which surveys are there, and what may be told of them?"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from score_web.assessment.lenses import Shown, Tally, of_workers
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import module_of
from score_web.assessment.questionnaire import Module, Statement
from score_web.core import clock
from score_web.core.db import db
from score_web.core.reading import read
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence
from score_web.enrolment import queries as enrolments
from score_web.permissions import Actor, Role
from score_web.pulse import anonymity
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer
from score_web.pulse.states import SurveyState

TOKEN = re.compile("[A-Za-z0-9_-]{1,22}")


def pulse_surveys_visible_to(actor: Actor) -> Select:
    """The same rows that Permission.PULSE_MANAGE opens."""
    return select(PulseSurvey).join(AssessmentRound).where(AssessmentRound.enterprise_id.in_(actor.organisations(Role.ENTERPRISE)))


def survey_of(round_id: int) -> PulseSurvey | None:
    return db.session.scalar(select(PulseSurvey).where(PulseSurvey.round_id == round_id))


def survey_behind(token: str) -> PulseSurvey | None:
    if not TOKEN.fullmatch(token):
        return None
    return db.session.scalar(select(PulseSurvey).options(joinedload(PulseSurvey.round)).where(PulseSurvey.token == token))


def surveys_of(enterprise_id: int) -> list[PulseSurvey]:
    """Newest first."""
    found = select(PulseSurvey).join(AssessmentRound).options(joinedload(PulseSurvey.round))
    return list(db.session.scalars(found.where(AssessmentRound.enterprise_id == enterprise_id).order_by(PulseSurvey.id.desc())))


def rounds_without(enterprise_id: int) -> list[AssessmentRound]:
    """The last self-assessment of each module, where it has no survey yet."""
    rounds = select(AssessmentRound).where(AssessmentRound.enterprise_id == enterprise_id)
    last = {round_.module: round_ for round_ in db.session.scalars(rounds.order_by(AssessmentRound.module, AssessmentRound.number))}
    taken = set(db.session.scalars(select(PulseSurvey.round_id).where(PulseSurvey.round_id.in_([r.id for r in last.values()]))))
    return [round_ for round_ in last.values() if round_.id not in taken]


def module_asked(survey: PulseSurvey) -> Module:
    return module_of(survey.round)


def head_count(survey: PulseSurvey) -> int:
    enrolment = enrolments.enrolment_of(survey.enterprise_id)
    return (enrolment.employees or 0) if enrolment else 0


def waiting_number(survey_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(WaitingAnswer).where(WaitingAnswer.survey_id == survey_id))


def counts_of(survey_id: int, *, lock: bool = False) -> dict[tuple[str, str], PulseCount]:
    """By (statement, choice)."""
    rows = select(PulseCount).where(PulseCount.survey_id == survey_id)
    return {(row.statement, row.choice): row for row in db.session.scalars(rows.with_for_update() if lock else rows)}


class Line(NamedTuple):
    """A statement as the workers see it, as it may be shown: None for fewer than 5 answers."""

    statement: Statement
    shown: Shown | None
    number: int
    no_idea: int


def lines_of(survey: PulseSurvey) -> list[Line]:
    told = defaultdict(Counter)
    for (statement, choice), row in counts_of(survey.id).items():
        told[statement][choice] += row.told
    return [_line(statement, told[statement.id]) for statement in anonymity.asked(module_asked(survey))]


def _line(statement: Statement, told: Counter) -> Line:
    total, number = anonymity.tally({rating: told[rating] for rating in anonymity.RATINGS})
    return Line(statement, of_workers(Tally(total, number)), number, told[anonymity.NO_IDEA])


def open_ids() -> Iterable[int]:
    return db.session.scalars(select(PulseSurvey.id).where(PulseSurvey.state == SurveyState.OPEN).order_by(PulseSurvey.id)).all()


OPEN = (
    select(PulseSurvey.id, PulseSurvey.last_day).join(AssessmentRound)
    .where(AssessmentRound.enterprise_id == bindparam("enterprise"), PulseSurvey.state == SurveyState.OPEN)
)


def waiting_for(actor: Actor) -> list[Waiting]:
    """Surveys that end within three days: time to remind people."""
    found = sorted(survey for enterprise_id in actor.organisations(Role.ENTERPRISE) for survey in read(OPEN, enterprise=enterprise_id))
    soon = [survey for survey in found if 0 <= (survey.last_day - clock.today()).days <= 3]
    return [Waiting(Sentence(ENDS_SOON, day=survey.last_day), "pulse.show", {"pulse_survey_id": survey.id}) for survey in soon]


ENDS_SOON = N_("The worker survey ends on %(day)s: remind people who have not answered")
