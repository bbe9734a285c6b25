"""When is a trainer free? Weekly pattern, public holidays, days off and claimed days in, free days out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from score_web.core.words import N_, Labelled, Sentence
from score_web.reference.workdays import is_working_day, makes_up_for, neighbouring_pairs, why_not, working_days_between

WEEK = timedelta(days=7)
HORIZON = timedelta(days=60)  # how far ahead dates are offered, and days off can be set
NOT_YOUR_WEEKDAY = N_("Not one of the working days in the profile")


class DayState(Labelled):
    FREE = "free", N_("Free")
    OFF = "off", N_("Off")
    BOOKED = "booked", N_("Booked")
    REQUESTED = "requested", N_("Requested")


class Availability(NamedTuple):
    """One trainer: ISO weekdays of the profile, days off taken, days claimed by events."""

    weekdays: frozenset[int]
    days_off: frozenset[date] = frozenset()
    claimed: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """A make-up Saturday is worked by everybody, whatever the weekly pattern says."""
        return is_working_day(day) and (day.isoweekday() in self.weekdays or makes_up_for(day) is not None)

    def is_free(self, day: date) -> bool:
        return self.works_on(day) and day not in self.days_off and day not in self.claimed

    def free_days(self, first: date, last: date) -> list[date]:
        return [day for day in working_days_between(first, last) if self.is_free(day)]


def class_pairs(free_days: Iterable[date]) -> list[tuple[date, date]]:
    """A class takes two days that follow each other in the calendar; free days are working days already."""
    return neighbouring_pairs(free_days)


@dataclass(frozen=True)
class Event:
    """What another feature shows in a trainer's calendar; `endpoint` and `values` lead to it."""

    day: date
    state: DayState
    text: Sentence
    endpoint: str
    values: dict = field(default_factory=dict, hash=False)


class CalendarDay(NamedTuple):
    """One box of the calendar: the state in a word, why, and which events are behind it."""

    day: date
    state: DayState
    reason: Sentence | None = None
    events: tuple[Event, ...] = ()
    changeable: bool = False


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def calendar(availability: Availability, events: Iterable[Event], first: date, last: date) -> list[CalendarDay]:
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [_box(availability, day, tuple(by_day.get(day, ()))) for day in days]


def last_shown(today: date) -> date:
    """The Sunday after the last day that can be offered."""
    return monday(today + HORIZON) + timedelta(days=6)


def weeks(days: list[CalendarDay]) -> list[list[CalendarDay]]:
    """Cut into Monday to Sunday; the days begin on a Monday."""
    return [days[n:n + 7] for n in range(0, len(days), 7)]


def _box(availability: Availability, day: date, events: tuple[Event, ...]) -> CalendarDay:
    if day in availability.claimed or any(event.state is DayState.BOOKED for event in events):
        return CalendarDay(day, DayState.BOOKED, events=events)
    if not availability.works_on(day):
        return CalendarDay(day, DayState.OFF, why_not(day) or Sentence(NOT_YOUR_WEEKDAY), events)
    if day in availability.days_off:
        return CalendarDay(day, DayState.OFF, events=events, changeable=True)
    made_up = makes_up_for(day)
    reason = Sentence(N_("Working day that makes up for %(holiday)s"), holiday=made_up) if made_up else None
    return CalendarDay(day, DayState.REQUESTED if events else DayState.FREE, reason, events, changeable=True)
