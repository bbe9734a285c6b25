"""Free days: weekly pattern, public holidays, make-up days, days off, claims."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from score_web.core.words import Sentence
from score_web.trainers.availability import Availability, DayState, Event, calendar, class_pairs, monday, weeks

MON_TO_FRI = frozenset({1, 2, 3, 4, 5})
D = date


def test_a_make_up_saturday_counts_although_the_trainer_works_monday_to_friday():
    assert Availability(MON_TO_FRI).is_free(D(2026, 2, 28))
    assert class_pairs(Availability(MON_TO_FRI).free_days(D(2026, 2, 27), D(2026, 3, 2))) == [(D(2026, 2, 27), D(2026, 2, 28))]


def test_friday_and_monday_are_no_pair():
    free = Availability(MON_TO_FRI).free_days(D(2026, 3, 6), D(2026, 3, 9))
    assert free == [D(2026, 3, 6), D(2026, 3, 9)]
    assert class_pairs(free) == []


def test_public_holidays_are_not_free():
    assert Availability(MON_TO_FRI).free_days(D(2026, 4, 30), D(2026, 5, 6)) == [D(2026, 4, 30), D(2026, 5, 6)]


def test_weekdays_days_off_and_claims_take_days_away():
    week = (D(2026, 3, 9), D(2026, 3, 13))
    known = Availability(frozenset({1, 2, 3, 4}), days_off=frozenset({D(2026, 3, 10)}), claimed=frozenset({D(2026, 3, 12)}))
    assert known.free_days(*week) == [D(2026, 3, 9), D(2026, 3, 11)]


@given(st.sets(st.integers(1, 5)), st.sets(st.dates(D(2026, 1, 1), D(2026, 12, 31)), max_size=40))
def test_free_days_are_working_days_that_are_not_taken(weekdays, taken):
    known = Availability(frozenset(weekdays), claimed=frozenset(taken))
    free = known.free_days(D(2026, 1, 1), D(2026, 12, 31))
    assert not taken.intersection(free)
    assert all(known.works_on(day) for day in free)
    assert all((b - a).days == 1 and {a, b} <= set(free) for a, b in class_pairs(free))


def test_the_calendar_says_in_a_word_what_a_day_is():
    known = Availability(MON_TO_FRI, days_off=frozenset({D(2026, 3, 3)}), claimed=frozenset({D(2026, 3, 4)}))
    wish = Event(D(2026, 3, 5), DayState.REQUESTED, Sentence("A wish"), "booking.show", {"booking_id": 1})
    days = calendar(known, [wish], monday(D(2026, 3, 4)), D(2026, 3, 8))
    assert [day.state.value for day in days] == ["free", "off", "booked", "requested", "free", "off", "off"]
    assert [day.changeable for day in days] == [True, True, False, True, True, False, False]
    assert days[5].reason == Sentence("Weekend")
    assert days[3].events == (wish,)


def test_a_make_up_day_is_explained_and_a_holiday_named():
    days = calendar(Availability(MON_TO_FRI), [], D(2026, 2, 23), D(2026, 3, 1))
    assert days[0].reason == Sentence("Spring Festival")
    assert (days[5].state, days[5].reason.msgid) == (DayState.FREE, "Working day that makes up for %(holiday)s")


def test_weeks_run_from_monday_to_sunday():
    cut = weeks(calendar(Availability(MON_TO_FRI), [], D(2026, 3, 2), D(2026, 3, 15)))
    assert [[week[0].day, week[-1].day] for week in cut] == [[D(2026, 3, 2), D(2026, 3, 8)], [D(2026, 3, 9), D(2026, 3, 15)]]
