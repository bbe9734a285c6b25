"""Whom can we offer, on which days? Certified and expert trainers alone; a candidate only beside an expert when both are free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from score_web.booking.states import BookingKind
from score_web.trainers.availability import HORIZON, class_pairs
from score_web.trainers.certification import Level, may_accompany_candidate, may_lead

LEAD_TIME = timedelta(days=3)


@dataclass(frozen=True)
class Candidate:
    """A fitting trainer and the free days of the coming weeks."""

    person_id: int
    level: Level
    free: frozenset[date]


class Offer(NamedTuple):
    """One choice of the page. `key` stands in the form: lead, second (0 for nobody), first day."""

    lead_id: int
    second_id: int | None
    days: tuple[date, ...]

    @property
    def key(self) -> str:
        return f"{self.lead_id}-{self.second_id or 0}-{self.days[0].isoformat()}"


def window(today: date) -> tuple[date, date]:
    """From three days ahead, for two months."""
    return today + LEAD_TIME, today + HORIZON


def day_of(typed: str) -> date | None:
    """The day from which somebody looks, as it stands in an address; anything else is no day."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def offers(kind: BookingKind, candidates: Iterable[Candidate]) -> list[Offer]:
    """Leads in the order given; for each first alone, then with every candidate who is free on the same days."""
    everybody = list(candidates)
    found = []
    for lead in (c for c in everybody if may_lead(c.level)):
        seconds = [c for c in everybody if c.level is Level.CANDIDATE] if may_accompany_candidate(lead.level) else []
        for second in [None, *seconds]:
            free = lead.free & second.free if second else lead.free
            found += [Offer(lead.person_id, second.person_id if second else None, days) for days in _dates(kind, free)]
    return found


def _dates(kind: BookingKind, free: Iterable[date]) -> list[tuple[date, ...]]:
    return class_pairs(free) if kind is BookingKind.CLASS else [(day,) for day in sorted(free)]
