"""What does the dashboard show? Reads of all features, joined."""

from typing import NamedTuple

from score_web.accounts import queries as accounts
from score_web.accounts.models import Person
from score_web.accounts.queries import people_of
from score_web.assessment import queries as assessment
from score_web.assessment.models import AssessmentRound
from score_web.assessment.questionnaire import module as questionnaire
from score_web.assessment.scoring import ModuleScore
from score_web.assessment.states import RoundState
from score_web.booking import queries as booking
from score_web.booking.models import Booking
from score_web.booking.states import BookingKind, BookingState
from score_web.core import audit, clock
from score_web.core.reading import find
from score_web.core.waiting import Waiting
from score_web.dashboard.loop import Facts, Refusal, is_under_way
from score_web.enrolment import queries as enrolment
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Actor, Role
from score_web.privacy import queries as privacy
from score_web.pulse import queries as pulse
from score_web.trainers import queries as trainers

MODULES = range(1, 6)
HELD = (BookingState.ACCEPTED, BookingState.COMPLETED)
COMING = (BookingState.REQUESTED, BookingState.ACCEPTED)
REFUSED = (BookingState.DECLINED, BookingState.CANCELLED, BookingState.LAPSED)


class Standing(NamedTuple):
    """Where an enterprise stands: the module in focus with its facts and latest result; the facts of other modules under way."""

    enrolment: Enrolment | None
    facts: Facts
    latest: AssessmentRound | None
    score: ModuleScore | None
    others: list[Facts]


def waiting_for(actor: Actor) -> list[Waiting]:
    """Everything that waits for this person, urgent first, then the oldest."""
    found = [
        item
        for feature in (accounts, enrolment, assessment, pulse, trainers, booking, privacy)
        if hasattr(feature, "waiting_for")
        for item in feature.waiting_for(actor)
    ]
    return sorted(found, key=lambda item: (not item.urgent, item.since or clock.now()))


def standing(enterprise_id: int) -> Standing:
    application = enrolment.enrolment_of(enterprise_id)
    rounds, bookings = assessment.rounds_of(enterprise_id), booking.bookings_of(enterprise_id)
    number = _focus(application, rounds, bookings)
    latest = _latest(number, rounds)
    begun = sorted({r.module for r in rounds} | {b.module for b in bookings}) if enrolment.is_approved(enterprise_id) else []
    others = [_facts(other, application, rounds, bookings, _latest(other, rounds)) for other in begun if other != number]
    return Standing(
        enrolment=application,
        facts=_facts(number, application, rounds, bookings, latest),
        latest=latest,
        score=assessment.score_of(latest) if latest else None,
        others=[facts for facts in others if is_under_way(facts)],
    )


def _latest(number: int, rounds) -> AssessmentRound | None:
    return max((r for r in rounds if r.module == number and r.state is RoundState.SUBMITTED), key=lambda r: r.number, default=None)


def _focus(application: Enrolment | None, rounds, bookings) -> int:
    """The first module that is wished or begun and not yet assessed again after its class; module 1 when all is new."""
    wished = {int(n) for n in (application.modules if application else "").split(",") if n.isdigit()}
    wished |= {r.module for r in rounds} | {b.module for b in bookings} | {1}
    for number in sorted(wished & set(MODULES)):
        again = any(r.module == number and r.number > 1 and r.state is RoundState.SUBMITTED for r in rounds)
        if not again:
            return number
    return max(wished & set(MODULES))


def _facts(number: int, application, rounds, bookings, latest) -> Facts:
    unfinished = next((r for r in rounds if r.module == number and r.state is RoundState.OPEN), None)
    own = [b for b in bookings if b.module == number]
    classes = [b for b in own if b.kind is BookingKind.CLASS and b.state in HELD]
    requests = [b for b in own if b.state_now is BookingState.REQUESTED and b.kind is BookingKind.CLASS]
    visits = [b for b in own if b.kind is BookingKind.VISIT and b.state in HELD and b.last_day < clock.today()]
    visit = next((b for b in own if b.kind is BookingKind.VISIT and b.state_now in COMING and b.last_day >= clock.today()), None)
    booked = max(classes, key=lambda b: b.first_day, default=None)
    begun = application is not None and (application.state is not EnrolmentState.DRAFT or application.saved_at is not None)
    approved = application is not None and enrolment.is_approved(application.enterprise_id)
    return Facts(
        module=number,
        enrolment_id=application.id if begun else None,
        enrolment_state=application.state.value if application else "",
        submitted=_day(application and application.submitted_at),
        approved=_day(application.decided_at or application.submitted_at) if approved else None,
        answered=assessment.progress(unfinished.enterprise_id).get(unfinished.id, 0) if unfinished else 0,
        statements=len(questionnaire(number).statements),
        open_round_id=unfinished.id if unfinished else None,
        assessed=_day(latest and latest.submitted_at),
        result_id=latest.id if latest else None,
        times_assessed=latest.number if latest else 0,
        requested=_day(requests[0].requested_at) if requests else None,
        booked=_day(booked and (booked.answered_at or booked.requested_at)),
        booking_id=booked.id if booked else requests[0].id if requests else None,
        held_from=booked.first_day if booked else None,
        held=booked.last_day if booked else None,
        visits=len(visits),
        visit_day=visit.first_day if visit else None,
        visit_id=visit.id if visit else None,
        visit_agreed=visit is not None and visit.state is BookingState.ACCEPTED,
        refusal=_refusal(max(own, key=lambda b: (b.changed_at, b.id), default=None)),
    )


def _refusal(last: Booking | None) -> Refusal | None:
    """When the last thing that happened in this module was a no; not when the enterprise itself called it off."""
    if last is None or last.state_now not in REFUSED:
        return None
    lead = find(Person, last.lead_id)
    trainer = lead.name or lead.email
    event = audit.history(last)[0]
    if last.state_now is BookingState.LAPSED:
        return Refusal(trainer, last.first_day, "", last.state_now)
    if event.by_id in {person.id for person in people_of(last.enterprise_id, Role.ENTERPRISE)}:
        return None
    by_trainer = event.by_id in last.trainer_ids
    reason = event.reason.rstrip("。. ")
    return Refusal(trainer if by_trainer else event.by_name, last.first_day, reason, last.state_now, by_trainer)


def _day(moment):
    return clock.in_china(moment).date() if moment else None
