"""Until when does a survey take answers?"""

from datetime import date, timedelta

from score_web.core.words import N_, Labelled
from score_web.core.workflow import Step, Workflow, steps_from

USUAL_DAYS = 14
LONGEST_DAYS = 60


class SurveyState(Labelled):
    OPEN = "open", N_("Open for answers")
    CLOSED = "closed", N_("Closed")


SURVEY = Workflow(Step("close", steps_from(SurveyState.OPEN), SurveyState.CLOSED))


def usual_end(today: date) -> date:
    return today + timedelta(days=USUAL_DAYS)


def may_end(day: date, today: date) -> bool:
    """The last day may be today or later, within reach: links that stay open for ever invite mischief."""
    return today <= day <= today + timedelta(days=LONGEST_DAYS)


def takes_answers(state: SurveyState, last_day: date, today: date) -> bool:
    """Also before the job has written down that the last day is over."""
    return state is SurveyState.OPEN and today <= last_day
