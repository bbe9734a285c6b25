"""What did the invented enterprises book? Each line of bookings.yaml goes through the real services, at its time."""

from datetime import datetime, time, timedelta
from pathlib import Path

import yaml

from score_web.accounts.models import Organisation, Person
from score_web.accounts.queries import actor_of
from score_web.booking.models import Booking
from score_web.booking.offers import Offer
from score_web.booking.queries import offers_for
from score_web.booking.services import accept_booking, cancel_booking, complete_booking, decline_booking, lapse_overdue, request_booking
from score_web.booking.states import BookingKind
from score_web.core import clock
from score_web.core.db import db

PLAN = Path(__file__).parents[1] / "bookings.yaml"


def invent_bookings(people: dict[str, Person]) -> None:
    for line in yaml.safe_load(PLAN.read_text()):
        _play(line, people)


def _morning(days_ago: float, hour: int = 10):
    day = clock.today() - timedelta(days=days_ago)
    return clock.at(min(clock.now(), datetime.combine(day, time(hour), clock.CHINA)))


def _play(line: dict, people: dict[str, Person]) -> None:
    with _morning(line["asked"]):
        booking = _request(line, people)
        db.session.flush()
    if line["outcome"] == "lapsed":
        with _morning(line["asked"] - 4):
            lapse_overdue()
            db.session.flush()
    elif line["outcome"] != "requested":
        _answer(booking, line, people)


def _request(line: dict, people: dict[str, Person]) -> Booking:
    by = actor_of(people[line["who"]])
    enterprise = db.session.get(Organisation, by.enterprise_id)
    kind = BookingKind(line["kind"])
    wanted = _offer(enterprise, kind, line, people)
    message, place = line.get("message", ""), line.get("place", "")
    return request_booking(enterprise, module=line["module"], kind=kind, offer=wanted, message=message, place=place, by=by)


def _offer(enterprise: Organisation, kind: BookingKind, line: dict, people: dict[str, Person]) -> Offer:
    """The first free date of the wanted trainers from the wished day on."""
    second = people[line["second"]].id if "second" in line else None
    earliest = clock.today() + timedelta(days=line["after"])
    fitting = [
        offer
        for offer in offers_for(enterprise, line["module"], kind)
        if (offer.lead_id, offer.second_id) == (people[line["lead"]].id, second) and offer.days[0] >= earliest
    ]
    return min(fitting, key=lambda offer: offer.days)


def _answer(booking: Booking, line: dict, people: dict[str, Person]) -> None:
    trainer, enterprise = actor_of(people[line["lead"]]), actor_of(people[line["who"]])
    with _morning(line["asked"] - 1, 15):
        if line["outcome"] == "declined":
            decline_booking(booking, reason=line["reason"], by=trainer)
        else:
            accept_booking(booking, note=line.get("note", ""), by=trainer)
        db.session.flush()
    if line["outcome"] == "cancelled":
        with _morning(line["asked"] - 5):
            cancel_booking(booking, reason=line["reason"], by=enterprise)
            db.session.flush()
    if line["outcome"] == "completed":
        with _morning((clock.today() - booking.last_day).days, 17):
            complete_booking(booking, by=trainer)
            db.session.flush()
