"""Who is told what about a booking? Everybody concerned except the one who did it."""

from score_web.accounts.models import Person
from score_web.accounts.queries import people_of
from score_web.booking.models import Booking
from score_web.core import mail
from score_web.permissions import Actor, Role


def tell_trainers(booking: Booking, news: str, *, by: Actor | None, **context) -> None:
    _tell(booking, news, _trainers(booking), by, context)


def tell_enterprise(booking: Booking, news: str, *, by: Actor | None, **context) -> None:
    _tell(booking, news, _enterprise(booking), by, context)


def tell_all(booking: Booking, news: str, *, by: Actor | None, **context) -> None:
    """The enterprise, its partner institution and the trainers; nobody twice."""
    partner = people_of(booking.institution_id, Role.PARTNER) if booking.institution_id else []
    _tell(booking, news, [*_enterprise(booking), *partner, *_trainers(booking)], by, context)


def _trainers(booking: Booking) -> list[Person]:
    return [booking.lead, booking.second] if booking.second else [booking.lead]


def _enterprise(booking: Booking) -> list[Person]:
    return people_of(booking.enterprise_id, Role.ENTERPRISE)


def _tell(booking: Booking, news: str, people: list[Person], by: Actor | None, context: dict) -> None:
    context = {"booking": booking, "by": by.name if by else ""} | context
    for person in dict.fromkeys(people):
        if by is None or person.id != by.person_id:
            mail.send(f"booking/email_{news}.txt", to=person, path=f"/booking/{booking.id}", **context)
