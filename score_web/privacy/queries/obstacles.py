"""What stands against erasing an enterprise now?"""

from typing import NamedTuple

from sqlalchemy import func, select

from score_web.assessment.models import AssessmentRound
from score_web.booking.models import Booking
from score_web.booking.queries import holds_days
from score_web.core import clock
from score_web.core.db import db
from score_web.core.words import N_, Sentence
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from score_web.pulse.models import PulseSurvey
from score_web.pulse.states import SurveyState


class Obstacle(NamedTuple):
    """What to do first, and the page (its endpoint and name) where the enterprise can do it."""

    sentence: Sentence
    endpoint: str
    page: Sentence


def obstacles(enterprise_id: int) -> list[Obstacle]:
    found = []
    coming = select(func.count()).select_from(Booking).where(
        Booking.enterprise_id == enterprise_id, holds_days(), Booking.last_day >= clock.today())
    if db.session.scalar(coming):
        booked = Sentence(N_("A class or visit is booked or asked for: cancel it first."))
        found.append(Obstacle(booked, "booking.index", Sentence(N_("Bookings"))))
    surveys = select(func.count()).select_from(PulseSurvey).join(AssessmentRound, AssessmentRound.id == PulseSurvey.round_id).where(
        AssessmentRound.enterprise_id == enterprise_id, PulseSurvey.state == SurveyState.OPEN)
    if db.session.scalar(surveys):
        surveyed = Sentence(N_("A worker survey is open: close it first."))
        found.append(Obstacle(surveyed, "pulse.index", Sentence(N_("Worker surveys"))))
    enrolment = enrolment_of(enterprise_id)
    if enrolment and enrolment.state is EnrolmentState.SUBMITTED:
        waits = Sentence(N_("The enrolment waits for a decision: withdraw it, or wait until it is decided."))
        found.append(Obstacle(waits, "enrolment.start", Sentence(N_("Enrolment"))))
    return found
