"""Is it a working day in China? Weekends, public holidays and the weekends that are worked to make up for them.

A year is final once the State Council's notice lies here as holidays_<year>.csv; adding the file is all a new year
needs. Other years come from the package `holidays`; those after the last file are provisional and must be shown so.
"""

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from score_web.core.words import N_, Sentence

HERE = Path(__file__).parent
ONE_DAY = timedelta(days=1)
LAST_FINAL_YEAR = max(int(path.stem[-4:]) for path in HERE.glob("holidays_*.csv"))
WEEKEND = N_("Weekend")
HOLIDAYS = {
    "元旦": N_("New Year's Day"),
    "春节": N_("Spring Festival"),
    "清明节": N_("Qingming Festival"),
    "劳动节": N_("Labour Day"),
    "端午节": N_("Dragon Boat Festival"),
    "中秋节": N_("Mid-Autumn Festival"),
    "国庆节": N_("National Day"),
}


class Year(NamedTuple):
    """Holidays off and make-up days worked, each with the name of its holiday."""

    off: dict[date, str]
    worked: dict[date, str]


def is_working_day(day: date) -> bool:
    year = _year(day.year)
    return day in year.worked or (day not in year.off and day.weekday() < 5)


def why_not(day: date) -> Sentence | None:
    """Why nobody works on that day: the holiday's name or "Weekend"; None on a working day."""
    if is_working_day(day):
        return None
    return Sentence(_year(day.year).off.get(day, WEEKEND))


def makes_up_for(day: date) -> Sentence | None:
    """The holiday for which this weekend day is worked, or None."""
    name = _year(day.year).worked.get(day)
    return Sentence(name) if name else None


def is_provisional(day: date) -> bool:
    """The State Council has not announced that year's holidays yet: the days may still move."""
    return day.year > LAST_FINAL_YEAR


def working_days_between(first: date, last: date) -> list[date]:
    """All working days from the first to the last, both included; none when the last lies before the first."""
    years = (_working_days_of(year) for year in range(first.year, last.year + 1))
    return [day for days in years for day in days[bisect_left(days, first):bisect_right(days, last)]]


@cache
def _working_days_of(year: int) -> list[date]:
    """Looked up once: a page with fifty lines counts those of two years in each."""
    days = (date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
    return [day for day in days if is_working_day(day)]


def neighbouring_pairs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Pairs of days that follow each other in the calendar: a class takes two in a row, so Friday and Monday are none."""
    known = set(days)
    return [(day, day + ONE_DAY) for day in sorted(known) if day + ONE_DAY in known]


@cache
def _year(year: int) -> Year:
    path = HERE / f"holidays_{year}.csv"
    return _from_notice(path) if path.exists() else _from_package(year)


def _from_notice(path: Path) -> Year:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row["type"], date.fromisoformat(row["date"]), HOLIDAYS[row["name_zh"]]) for row in csv.DictReader(file)]
    return Year(
        off={day: name for kind, day, name in rows if kind == "off"},
        worked={day: name for kind, day, name in rows if kind == "workday"},
    )


def _from_package(year: int) -> Year:
    from holidays import country_holidays  # noqa: PLC0415 - slow to import, only years without a notice need it

    calendar = country_holidays("CN", years=year, language="zh_CN")
    named = {day: name for day, text in calendar.items() if (name := _holiday_in(text))}
    swaps = {text: named.get(day) or _nearest(day, named) for day, text in calendar.items()}
    worked = [day for day in calendar.weekend_workdays if day.year == year]
    return Year(
        off={day: swaps[text] for day, text in calendar.items() if day.year == year},
        worked={day: _swapped(day, swaps) or _nearest(day, named) for day in worked},
    )


def _swapped(worked: date, swaps: dict[str, str]) -> str | None:
    """The package writes the worked day into the name of the day it frees: 休息日（由 2026-10-10 调休）."""
    return next((name for text, name in swaps.items() if worked.isoformat() in text), None)


def _holiday_in(text: str) -> str | None:
    """The package also says 农历除夕 and 春节（补假）; swapped days ("休息日…") carry no holiday's name."""
    return next((name for word, name in HOLIDAYS.items() if word in text.replace("农历除夕", "春节")), None)


def _nearest(day: date, named: dict[date, str]) -> str:
    return named[min(named, key=lambda other: abs(other - day))]
