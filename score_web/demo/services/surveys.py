"""What do the workers of the demo enterprise say? They answer a survey by phone and on paper, through the real services."""

import random
import secrets

from score_web.accounts.models import Person
from score_web.accounts.queries import actor_of
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import latest_submitted
from score_web.core.db import db
from score_web.pulse import anonymity, services
from score_web.pulse.models import PulseSurvey
from score_web.pulse.queries import module_asked

LEVELS = {"A": 1.3, "B": 0.6, "C": 0.1, "D": 0.5, "E": 2.0}  # far below the managers where it is about being told
BY_PHONE = (21, 12, 9)  # between one hourly count and the next
ON_PAPER = 6


def invent_survey(person: Person) -> None:
    """Opened beside the last submitted self-assessment of module 1; still open, so that the poster and the slips can be seen."""
    by, dice = actor_of(person), random.Random("pulse")
    round_: AssessmentRound = latest_submitted(by.enterprise_id, 1)
    survey = services.open_survey(round_, by=by)
    db.session.flush()
    for people in BY_PHONE:
        for _ in range(people):
            services.take_answer(survey, _said(survey, dice), key=secrets.token_hex(16))
        services.count_all()
    for _ in range(ON_PAPER):
        services.key_slip(survey, _said(survey, dice), key=secrets.token_hex(16))
    services.count_all()


def _said(survey: PulseSurvey, dice: random.Random) -> dict[str, str]:
    """One person: some statements left out, some not known."""
    said = {}
    for statement in anonymity.asked(module_asked(survey)):
        fate = dice.random()
        level = LEVELS[statement.id.partition("-")[2][0]] + dice.gauss(0, 0.8)
        if fate > 0.04:
            said[statement.id] = anonymity.NO_IDEA if fate < 0.11 else str(min(3, max(0, round(level))))
    return said
