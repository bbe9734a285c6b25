"""Which bookings does somebody see on the list page: what waits for an answer, what is coming, what is over?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.sql import ColumnElement, Select

from score_web.booking.models import Booking
from score_web.booking.queries import PEOPLE
from score_web.booking.states import BookingState
from score_web.core import clock, paging
from score_web.core.paging import Page
from score_web.core.reading import read
from score_web.permissions import Actor, Role

_S = BookingState
LONGEST = timedelta(days=7)  # no booking lasts longer: what ends from today on began after this
OVER = (_S.COMPLETED, _S.DECLINED, _S.CANCELLED, _S.LAPSED)
BY_DAY = (Booking.first_day, Booking.id)
FIRST = 10  # of those to come stand on the dashboard


class Lists(NamedTuple):
    """None: not shown, because another list is being leafed through."""

    requests: Page | None = None
    coming: Page | None = None
    past: Page | None = None


def lists_for(actor: Actor, words: Mapping[str, str]) -> Lists:
    """All three from their beginning, or the one whose cursor stands in the address."""
    parts = {"requests": _requests, "coming": _coming, "past": _past}
    leafed = next((name for name in parts if words.get(name)), None)
    return Lists(**{name: _loaded(part(actor, words.get(name, ""))) for name, part in parts.items() if leafed in (None, name)})


def _agreed(since, today) -> tuple[ColumnElement, ...]:
    """Confirmed and not over; what lies longest ago began on `since`, which the indexes know."""
    return Booking.state == _S.ACCEPTED, Booking.first_day >= since, Booking.last_day >= today


COMING = {
    name: select(*BY_DAY).where(getattr(Booking, name) == bindparam("one"), *_agreed(bindparam("since"), bindparam("today")))
    .order_by(*BY_DAY).limit(FIRST)
    for name in ("enterprise_id", "institution_id", "lead_id", "second_id")
}


def coming_for(actor: Actor) -> list[Booking]:
    """The first confirmed classes and visits from today on that this person is part of."""
    today = clock.today()
    found = {row for name, one in _reasons(actor) for row in read(COMING[name], one=one, since=today - LONGEST, today=today)}
    return paging.loaded(select(Booking).options(*PEOPLE), Booking, [row.id for row in sorted(found)[:FIRST]])


def _loaded(page: Page) -> Page:
    return page.showing(paging.loaded(select(Booking).options(*PEOPLE), Booking, page.ids))


def _reasons(actor: Actor) -> list[tuple[str, int]]:
    """Each reason to see a booking, as a column and its value: see `bookings_visible_to`."""
    own = [("enterprise_id", one) for one in sorted(actor.organisations(Role.ENTERPRISE))]
    own += [("institution_id", one) for one in sorted(actor.organisations(Role.PARTNER))]
    return own + ([("lead_id", actor.person_id), ("second_id", actor.person_id)] if actor.has(Role.TRAINER) else [])


def _branches(actor: Actor, *states: tuple) -> list[Select]:
    mine = [getattr(Booking, name) == one for name, one in _reasons(actor)]
    return [select(Booking).where(own, *conditions) for own in mine for conditions in states]


def _requests(actor: Actor, page: str) -> Page:
    """Those first that lapse first."""
    waiting = (Booking.state == _S.REQUESTED, Booking.expires_at > clock.now())
    return paging.page(_branches(actor, waiting), (Booking.expires_at, Booking.id), page)


def _coming(actor: Actor, page: str) -> Page:
    today = clock.today()
    return paging.page(_branches(actor, _agreed(today - LONGEST, today)), BY_DAY, page)


def _past(actor: Actor, page: str) -> Page:
    """The newest first; also requests that have lapsed although nobody has written it down yet."""
    today = clock.today()
    held = (Booking.state == _S.ACCEPTED, Booking.first_day < today, Booking.last_day < today)
    lapsed = (Booking.state == _S.REQUESTED, Booking.expires_at <= clock.now())
    return paging.page(_branches(actor, held, lapsed, *((Booking.state == state,) for state in OVER)), BY_DAY, page, newest_first=True)
