"""Protects: classes and visits land on days when factories work, make-up Saturdays included; guesses are shown as such."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.core.words import Sentence
from score_web.reference import workdays

MAKE_UP_2026 = {
    date(2026, 1, 4): "New Year's Day",
    date(2026, 2, 14): "Spring Festival",
    date(2026, 2, 28): "Spring Festival",
    date(2026, 5, 9): "Labour Day",
    date(2026, 9, 20): "National Day",
    date(2026, 10, 10): "National Day",
}
ANY_DAY = st.dates(min_value=date(2024, 1, 1), max_value=date(2029, 12, 31))


def every_day_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range(365)]


def test_exactly_six_weekend_days_are_worked_in_2026():
    weekends = [day for day in every_day_of(2026) if day.weekday() >= 5]
    assert [day for day in weekends if workdays.is_working_day(day)] == list(MAKE_UP_2026)
    assert {day: workdays.makes_up_for(day).msgid for day in MAKE_UP_2026} == MAKE_UP_2026


def test_2026_has_248_working_days_as_announced():
    assert sum(map(workdays.is_working_day, every_day_of(2026))) == 248


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 1, 2), "New Year's Day"),
        (date(2026, 2, 16), "Spring Festival"),
        (date(2026, 2, 15), "Spring Festival"),
        (date(2026, 4, 6), "Qingming Festival"),
        (date(2026, 6, 19), "Dragon Boat Festival"),
        (date(2026, 9, 25), "Mid-Autumn Festival"),
        (date(2026, 10, 7), "National Day"),
        (date(2026, 11, 21), "Weekend"),
        (date(2025, 2, 4), "Spring Festival"),
        (date(2025, 10, 8), "Mid-Autumn Festival"),
        (date(2027, 2, 9), "Spring Festival"),
    ],
)
def test_a_day_off_says_why(day, reason):
    assert workdays.is_working_day(day) is False
    assert workdays.why_not(day) == Sentence(reason)


def test_a_working_day_has_no_reason_and_makes_up_for_nothing():
    monday = date(2026, 11, 23)
    assert workdays.is_working_day(monday) is True
    assert workdays.why_not(monday) is None
    assert workdays.makes_up_for(monday) is None


def test_make_up_days_of_other_years_come_from_the_package():
    worked = [day for day in every_day_of(2025) if day.weekday() >= 5 and workdays.is_working_day(day)]
    assert worked == [date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)]


def test_our_notice_and_the_package_agree_about_2026():
    notice, package = workdays._year(2026), workdays._from_package(2026)
    assert package.worked == notice.worked
    assert package.off.items() <= notice.off.items()
    assert all(day.weekday() >= 5 for day in notice.off.keys() - package.off.keys())


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2025, 5, 1), False)])
def test_years_without_a_notice_are_provisional(day, expected):
    assert workdays.is_provisional(day) is expected


def test_working_days_between_counts_both_ends_and_skips_the_holiday():
    expected = [date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 12)]
    assert workdays.working_days_between(date(2026, 9, 30), date(2026, 10, 12)) == expected
    assert workdays.working_days_between(date(2026, 10, 12), date(2026, 9, 30)) == []


def test_working_days_between_years_are_those_of_each_day_asked_alone():
    first, last = date(2024, 11, 20), date(2027, 1, 8)
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    assert workdays.working_days_between(first, last) == [day for day in days if workdays.is_working_day(day)]


def test_friday_and_monday_are_no_pair():
    friday, monday, tuesday = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)
    assert workdays.neighbouring_pairs([tuesday, friday, monday, monday]) == [(monday, tuesday)]


def test_friday_and_a_worked_saturday_are_a_pair():
    free = [date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 12)]
    assert workdays.neighbouring_pairs(free) == [(date(2026, 10, 9), date(2026, 10, 10))]


@given(ANY_DAY)
def test_a_day_is_worked_or_has_a_reason_never_both(day):
    assert workdays.is_working_day(day) is (workdays.why_not(day) is None)


@given(st.sets(ANY_DAY, max_size=20))
def test_pairs_are_days_of_the_set_that_touch(days):
    for first, second in workdays.neighbouring_pairs(days):
        assert second - first == timedelta(days=1)
        assert {first, second} <= days
