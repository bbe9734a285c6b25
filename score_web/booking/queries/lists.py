"""Which bookings does somebody see on the list page: what waits for an answer, what is coming, what is over?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement, Select

from score_web.booking.models import Booking
from score_web.booking.queries import PEOPLE
from score_web.booking.states import BookingState
from score_web.core import clock, paging
from score_web.core.paging import Page
from score_web.permissions import Actor, Role

_S = BookingState
LONGEST = timedelta(days=7)  # no booking lasts longer: what ends from today on began after this
OVER = (_S.COMPLETED, _S.DECLINED, _S.CANCELLED, _S.LAPSED)
BY_DAY = (Booking.first_day, Booking.id)


@dataclass(frozen=True)
class Lists:
    """None: not shown, because another list is being leafed through."""

    requests: Page | None = None
    coming: Page | None = None
    past: Page | None = None


def lists_for(actor: Actor, words: Mapping[str, str]) -> Lists:
    """All three from their beginning, or the one whose cursor stands in the address."""
    parts = {"requests": _requests, "coming": _coming, "past": _past}
    leafed = next((name for name in parts if words.get(name)), None)
    return Lists(**{name: _loaded(part(actor, words.get(name, ""))) for name, part in parts.items() if leafed in (None, name)})


def coming_for(actor: Actor, limit: int = 10) -> list[Booking]:
    """Confirmed classes and visits from today on that this person is part of."""
    return _loaded(_coming(actor, "", limit)).rows


def _loaded(page: Page) -> Page:
    return page.showing(paging.loaded(select(Booking).options(*PEOPLE), Booking, page.ids))


def _mine(actor: Actor) -> list[ColumnElement]:
    """One condition for each reason to see a booking: see `bookings_visible_to`."""
    own = [Booking.enterprise_id == one for one in sorted(actor.organisations(Role.ENTERPRISE))]
    own += [Booking.institution_id == one for one in sorted(actor.organisations(Role.PARTNER))]
    return own + ([Booking.lead_id == actor.person_id, Booking.second_id == actor.person_id] if actor.has(Role.TRAINER) else [])


def _branches(actor: Actor, *states: tuple) -> list[Select]:
    return [select(Booking).where(mine, *conditions) for mine in _mine(actor) for conditions in states]


def _requests(actor: Actor, page: str) -> Page:
    """Those first that lapse first."""
    waiting = (Booking.state == _S.REQUESTED, Booking.expires_at > clock.now())
    return paging.page(_branches(actor, waiting), (Booking.expires_at, Booking.id), page)


def _coming(actor: Actor, page: str, size: int = paging.SIZE) -> Page:
    today = clock.today()
    agreed = (Booking.state == _S.ACCEPTED, Booking.first_day >= today - LONGEST, Booking.last_day >= today)
    return paging.page(_branches(actor, agreed), BY_DAY, page, size=size)


def _past(actor: Actor, page: str) -> Page:
    """The newest first; also requests that have lapsed although nobody has written it down yet."""
    today = clock.today()
    held = (Booking.state == _S.ACCEPTED, Booking.first_day < today, Booking.last_day < today)
    lapsed = (Booking.state == _S.REQUESTED, Booking.expires_at <= clock.now())
    return paging.page(_branches(actor, held, lapsed, *((Booking.state == state,) for state in OVER)), BY_DAY, page, newest_first=True)
