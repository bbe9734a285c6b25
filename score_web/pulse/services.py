"""What happens to a survey: open, answer, key a slip, count, close.

Counting and closing hold the survey's row; an answer writes its own row first and then counts itself on the survey, so it is
either counted whole or still waits. NO KEY UPDATE is enough for that and does not block the answers' foreign keys.
"""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, update

from score_web.assessment.models import AssessmentRound
from score_web.assessment.services import add_worker_values, set_worker_responses
from score_web.core import audit, clock
from score_web.core.db import db, insert_once
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.enrolment import queries as enrolments
from score_web.permissions import Actor
from score_web.pulse import anonymity
from score_web.pulse.anonymity import NO_IDEA, RATINGS, Pool
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer
from score_web.pulse.queries import counts_of, head_count, module_asked, open_ids, survey_of, waiting_number
from score_web.pulse.states import LONGEST_DAYS, SURVEY, SurveyState, may_end, usual_end


def open_survey(round_: AssessmentRound, *, by: Actor) -> PulseSurvey:
    """The survey of this self-assessment, or a new one; two people who press at once get the same one."""
    lock_row(round_, {"key_share": True})
    if there := survey_of(round_.id):
        return there
    if not enrolments.may_assess(round_.enterprise_id):
        raise Refused(N_("You can start once your enrolment is submitted."))
    survey = PulseSurvey(round=round_, token=secrets.token_urlsafe(16), last_day=usual_end(clock.today()))
    db.session.add(survey)
    audit.record("pulse_survey.open", survey, by=by)
    return survey


def set_last_day(survey: PulseSurvey, day: date, *, by: Actor) -> None:
    _lock(survey)
    if survey.state is not SurveyState.OPEN:
        raise Refused(CLOSED)
    if not may_end(day, clock.today()):
        raise Refused(N_("Choose a last day from today on, at most %(days)s days ahead."), days=LONGEST_DAYS)
    audit.record("pulse_survey.set_last_day", survey, by=by, before=survey.last_day.isoformat(), after=day.isoformat())
    survey.last_day = day


def take_answer(survey: PulseSurvey, said: Mapping[str, str], *, key: str) -> None:
    """Let an answer wait. `key` is the random number of the form: the same form sent twice is one answer."""
    _let_wait(survey, said, key, taken=PulseSurvey.taken + 1, since_count=PulseSurvey.since_count + 1)


def key_slip(survey: PulseSurvey, said: Mapping[str, str], *, key: str) -> None:
    """A paper answer waits like all others; nobody keeps who keyed it."""
    _let_wait(survey, said, key, taken=PulseSurvey.taken + 1, keyed=PulseSurvey.keyed + 1)


def _let_wait(survey: PulseSurvey, said: Mapping[str, str], key: str, **counted) -> None:
    if not said:
        raise Refused(N_("Nothing is chosen yet. Choose an answer for at least one statement."))
    number, hourly = anonymity.limits(head_count(survey))
    written = insert_once(WaitingAnswer).values(id=key, survey_id=survey.id, said=dict(said)).returning(WaitingAnswer.id)
    if not db.session.scalar(written):
        return
    allowed = update(PulseSurvey).where(
        PulseSurvey.id == survey.id, PulseSurvey.state == SurveyState.OPEN, PulseSurvey.last_day >= clock.today(),
        PulseSurvey.taken < number, PulseSurvey.since_count < hourly,
    )
    if not db.session.execute(allowed.values(**counted).execution_options(synchronize_session=False)).rowcount:
        db.session.expire(survey)
        raise Refused(FULL if survey.takes_answers else CLOSED)


def count_all() -> int:
    """The hourly job: what waits becomes counts; surveys whose last day is over close. How many people were counted."""
    return sum(_count_or_close(db.session.get(PulseSurvey, survey_id)) for survey_id in open_ids())


def _count_or_close(survey: PulseSurvey) -> int:
    _lock(survey)
    if survey.state is not SurveyState.OPEN:
        return 0
    counted = _count(survey)
    if not survey.takes_answers:
        _close(survey, by=None)
    return counted


def close_survey(survey: PulseSurvey, *, by: Actor) -> None:
    """What is complete is counted a last time; fewer than five left over are erased unread."""
    _lock(survey)
    _count(survey)
    _close(survey, by=by)


def _close(survey: PulseSurvey, *, by: Actor | None) -> None:
    audit.take_step(survey, SURVEY, "close", by=by)
    survey.closed_at = clock.now()
    survey.dropped = db.session.execute(delete(WaitingAnswer).where(WaitingAnswer.survey_id == survey.id)).rowcount
    db.session.execute(delete(PulseCount).where(PulseCount.survey_id == survey.id, PulseCount.told == 0))
    db.session.execute(update(PulseCount).where(PulseCount.survey_id == survey.id).values(held=0))


def _lock(survey: PulseSurvey) -> None:
    lock_row(survey, {"key_share": True})


def _count(survey: PulseSurvey) -> int:
    """At least five whole answers become counts and are erased; then each statement tells what it may."""
    survey.since_count = 0
    if not anonymity.may_count(waiting_number(survey.id)):
        return 0
    gone = delete(WaitingAnswer).where(WaitingAnswer.survey_id == survey.id).returning(WaitingAnswer.said)
    answers = db.session.scalars(gone.execution_options(synchronize_session=False)).all()
    rows = counts_of(survey.id, lock=True)
    for place, number in anonymity.count(answers).items():
        if place not in rows:
            rows[place] = PulseCount(survey_id=survey.id, statement=place[0], choice=place[1], told=0, held=0)
            db.session.add(rows[place])
        rows[place].held += number
    survey.told += len(answers)
    _tell(survey, rows)
    return len(answers)


def _tell(survey: PulseSurvey, rows: dict[tuple[str, str], PulseCount]) -> None:
    """Facts travel left: the results page of the self-assessment reads its own tables."""
    values = {}
    for statement in anonymity.asked(module_asked(survey)):
        _step([rows[place] for place in rows if place == (statement.id, NO_IDEA)])
        more = _step([rows[statement.id, rating] for rating in RATINGS if (statement.id, rating) in rows])
        if more:
            values[statement.id] = anonymity.tally(more)
    if values:
        add_worker_values(survey.round, values)
    set_worker_responses(survey.round, anonymity.in_steps(survey.told))


def _step(rows: list[PulseCount]) -> Counter[str]:
    """Take the step that the pool of these rows allows; what it adds."""
    before = Pool(Counter({row.choice: row.told for row in rows}), Counter({row.choice: row.held for row in rows}))
    after = before.step(secrets.choice)
    for row in rows:
        row.told, row.held = after.told[row.choice], after.held[row.choice]
    return after.told - before.told


CLOSED = N_("This survey is closed: it takes no more answers.")
FULL = N_("This link has taken as many answers as it may for now. Please try again in an hour, or ask for a paper slip.")
