"""What happens to bookings. Whoever accepts holds the trainers' rows, asks everything again and claims the days by unique rows."""

import secrets
from datetime import date, datetime, time, timedelta

from flask import current_app
from sqlalchemy import select

from score_web.accounts.models import Organisation
from score_web.accounts.services import end_mandates, open_mandate
from score_web.booking import gate
from score_web.booking.emails import tell_all, tell_enterprise, tell_trainers
from score_web.booking.models import Booking
from score_web.booking.offers import Offer
from score_web.booking.queries import checks_of, clash, facts_of, may_visit, offers_for, overdue
from score_web.booking.states import BOOKING, BookingKind, BookingState, may_complete
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.permissions import Actor
from score_web.trainers.queries import profile_of
from score_web.trainers.services import claim_days, lock_profiles, release_days


def request_booking(
    enterprise: Organisation, *, module: int, kind: BookingKind, offer: Offer, message: str, by: Actor, place: str = "",
) -> Booking:
    """Ask a trainer for days. Claims nothing; lapses when it is not answered in time."""
    lapse_overdue()
    db.session.execute(select(Organisation.id).where(Organisation.id == enterprise.id).with_for_update(key_share=True)).all()
    _check_gate(enterprise, module, kind)
    if clash(enterprise.id, offer.days[0], offer.days[-1]):
        raise Refused(N_("You already have a booking on one of these days. Choose other days."))
    if offer not in offers_for(enterprise, module, kind, {offer.lead_id, offer.second_id or offer.lead_id}):
        raise Refused(N_("These days are no longer free. Choose other days."))
    booking = Booking(
        enterprise=enterprise, module=module, kind=kind, first_day=offer.days[0], last_day=offer.days[-1],
        lead_id=offer.lead_id, second_id=offer.second_id, message=message, place=place, requested_by_id=by.person_id,
        expires_at=_answer_by(offer.days[0]), uid=f"{secrets.token_hex(16)}@score-web",
    )
    db.session.add(booking)
    audit.record("booking.request", booking, by=by, after=BookingState.REQUESTED.value, module=module, kind=kind.value)
    tell_trainers(booking, "requested", by=by)
    return booking


def _answer_by(first_day: date) -> datetime:
    """72 hours by default, but never after the morning on which the trainer should be there."""
    return min(clock.now() + timedelta(hours=current_app.config["REQUEST_HOURS"]), datetime.combine(first_day, time.min, clock.CHINA))


def _check_gate(enterprise: Organisation, module: int, kind: BookingKind) -> None:
    if kind is BookingKind.VISIT:
        if not may_visit(enterprise.id, module):
            raise Refused(N_("A follow-up visit can be booked once the first class day of this module has passed."))
        return
    unmet = next((line for line in gate.conditions(facts_of(enterprise, module)) if not line.met), None)
    if unmet:
        raise Refused(unmet.text)


def accept_booking(booking: Booking, *, note: str, by: Actor) -> None:
    """The trainer's yes is final: it claims the days, opens the mandates and tells everybody."""
    profiles = {person_id: profile_of(person_id) for person_id in booking.trainer_ids}
    lock_profiles(profile.id for profile in profiles.values() if profile)
    _lock(booking)
    if BOOKING.allows("accept", booking.state):
        unmet = next((line for line in checks_of(booking) if not line.met), None)
        if unmet:
            raise Refused(unmet.text)
    _take(booking, "accept", by=by, reason=note)
    booking.answer, booking.answered_at = note, clock.now()
    until = datetime.combine(booking.last_day + timedelta(days=current_app.config["MANDATE_DAYS"] + 1), time.min, clock.CHINA)
    for person_id, profile in profiles.items():
        claim_days(profile, booking.days, booking.because)
        open_mandate(enterprise_id=booking.enterprise_id, person_id=person_id, because=booking.because, until=until)
    tell_all(booking, "accepted", by=by)


def decline_booking(booking: Booking, *, reason: str, by: Actor) -> None:
    _lock(booking)
    _take(booking, "decline", by=by, reason=reason)
    booking.answer, booking.answered_at = reason, clock.now()
    tell_enterprise(booking, "declined", by=by, reason=reason)


def cancel_booking(booking: Booking, *, reason: str, by: Actor) -> None:
    """The enterprise, its partner or the trainer calls it off: days and mandates end with it."""
    _lock(booking)
    _take(booking, "cancel", by=by, reason=reason)
    release_days(booking.because)
    end_mandates(booking.because)
    tell_all(booking, "cancelled", by=by, reason=reason)


def complete_booking(booking: Booking, *, by: Actor) -> None:
    _lock(booking)
    if BOOKING.allows("complete", booking.state) and not may_complete(booking.last_day, clock.today()):
        raise Refused(N_("This can be marked as completed from its last day on: %(day)s."), day=booking.last_day)
    _take(booking, "complete", by=by)
    tell_enterprise(booking, "completed", by=by)


def lapse_overdue() -> int:
    """Write down which requests have lapsed and tell both sides; they count as lapsed everywhere even before."""
    late = db.session.scalars(overdue().order_by(Booking.id).with_for_update(skip_locked=True)).all()
    for booking in late:
        _change(booking, "lapse", by=None)
        tell_enterprise(booking, "lapsed", by=None)
        tell_trainers(booking, "lapsed", by=None)
    return len(late)


def _lock(booking: Booking) -> None:
    """Read it again and hold it: what the page showed may be old."""
    lock_row(booking)


def _take(booking: Booking, step: str, *, by: Actor, reason: str = "") -> None:
    if booking.state is BookingState.REQUESTED and booking.state_now is BookingState.LAPSED:
        raise Refused(N_("This request was not answered in time and has lapsed. The enterprise can ask again."))
    _change(booking, step, by=by, reason=reason)


def _change(booking: Booking, step: str, *, by: Actor | None, reason: str = "") -> None:
    """Every change raises the sequence of the calendar file, so that calendars take it over."""
    audit.take_step(booking, BOOKING, step, by=by, reason=reason, module=booking.module, kind=booking.kind.value)
    booking.sequence += 1
    booking.changed_at = clock.now()
