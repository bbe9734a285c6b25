"""Does comparing everything that is ever shown find one person out? An attacker who sees every page at every moment tries."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.assessment import questionnaire
from score_web.assessment.answering import Unreadable
from score_web.assessment.lenses import Tally, of_workers
from score_web.pulse import anonymity
from score_web.pulse.anonymity import Pool

MODULE = questionnaire.module(1)
ratings = st.sampled_from(anonymity.RATINGS)
hours = st.lists(st.lists(ratings, min_size=0, max_size=12), min_size=1, max_size=12)  # who answers one statement, hour by hour


class Watched:
    """One statement of a survey, hour by hour; `views` is all that anybody is ever shown of it."""

    def __init__(self, lot):
        self.pool, self.lot, self.views, self.steps = Pool(Counter(), Counter()), lot, [], []

    def hour(self, answers: list[str]) -> None:
        after = Pool(self.pool.told, self.pool.held + Counter(answers)).step(self.lot)
        self.steps.append(after.told - self.pool.told)
        self.pool = after
        total, number = anonymity.tally(after.told)
        self.views.append((of_workers(Tally(total, number)), number))


@given(hours, st.randoms())
def test_two_views_differ_by_nobody_or_by_five_at_least(survey, dice):
    watched = Watched(dice.choice)
    for answers in survey:
        watched.hour(answers)
    numbers = [0, *(number for _shown, number in watched.views)]
    for earlier in range(len(numbers)):
        for later in range(earlier, len(numbers)):
            assert numbers[later] - numbers[earlier] not in (1, 2, 3, 4)
    assert all(shown is None for shown, number in watched.views if number < 5)


@given(hours, st.randoms())
def test_nobody_is_lost_or_counted_twice(survey, dice):
    watched = Watched(dice.choice)
    for answers in survey:
        watched.hour(answers)
    everybody = Counter(answer for answers in survey for answer in answers)
    assert watched.pool.told + watched.pool.held == everybody
    assert watched.pool.held.total() <= 5


@given(hours, st.randoms())
def test_after_the_first_time_somebody_always_stays_behind(survey, dice):
    """Who is drawn does not depend on the answers, so each newcomer may be the one who stays behind."""
    watched = Watched(dice.choice)
    for answers in survey:
        told_before = watched.pool.told.total()
        watched.hour(answers)
        if told_before and watched.steps[-1]:
            assert watched.pool.held.total() == 1


@given(st.lists(ratings, min_size=5, max_size=19), hours, st.data())
def test_a_newcomer_may_have_answered_anything(first, survey, data):
    """For everybody who comes after the first group, any answer fits all that was shown: another world, in which that person
    drew the lot each time and somebody else gave the answer that was told instead, looks the same in every view."""
    newcomers = [(hour, n) for hour, answers in enumerate(survey) for n in range(len(answers))]
    if not newcomers:
        return
    victim = data.draw(st.sampled_from(newcomers))
    seen, swapped = People(), People(stays=victim)
    answers_of = {(hour, n): answer for hour, answers in enumerate(survey) for n, answer in enumerate(answers)}
    for n, answer in enumerate(first):
        answers_of[-1, n] = answer
    groups = [[(-1, n) for n in range(len(first))], *([(hour, n) for n in range(len(answers))] for hour, answers in enumerate(survey))]
    for group in groups:
        told = seen.hour(group)
        other = swapped.hour(group)
        assert len(told) == len(other)
        assert victim not in other
    # every step tells as many people in the other world, none of them the victim: whatever the others said there can be what was shown
    assert seen.numbers == swapped.numbers


class People:
    """The same rule with people instead of answers; `stays` draws the lot whenever it can."""

    def __init__(self, stays=None):
        self.held, self.told, self.numbers, self.stays = [], 0, [], stays

    def hour(self, group: list) -> list:
        self.held += group
        step = Pool(Counter({"0": self.told}), Counter({"0": len(self.held)})).step(lambda pool: pool[0])
        number = step.told.total() - self.told
        kept = [self.stays] if self.stays in self.held else self.held[:1]
        told = [one for one in self.held if one not in kept or not step.held] if number else []
        self.held = [one for one in self.held if one not in told]
        self.told += number
        self.numbers.append(number)
        assert len(told) == number
        return told


@given(st.lists(st.sampled_from(["0", "3"]), min_size=1, max_size=1), st.integers(5, 19))
def test_a_group_that_agrees_is_not_spelled_out(answer, number):
    """0 % and 100 % would say what each of them chose."""
    watched = Watched(min)
    watched.hour(answer * number)
    shown, _number = watched.views[-1]
    assert (shown.percent, shown.at_most, shown.at_least) in [(10, True, False), (90, False, True)]


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_number_of_people_is_told_in_steps_of_five(before, more):
    grown = anonymity.in_steps(before + more) - anonymity.in_steps(before)
    assert grown % 5 == 0
    assert anonymity.in_steps(before) <= before < anonymity.in_steps(before) + 5


def test_whose_answers_belong_together_is_forgotten():
    counted = anonymity.count([{"M1-A1": "0", "M1-A2": "3"}, {"M1-A1": "3", "M1-A2": "0"}])
    assert counted == anonymity.count([{"M1-A1": "0", "M1-A2": "0"}, {"M1-A1": "3", "M1-A2": "3"}])


def test_only_statements_for_workers_are_read():
    asked = anonymity.asked(MODULE)
    assert len(asked) == 12
    assert anonymity.read(asked, {"M1-A1": "2", "M1-A4": "1", "x": "y", "M1-A2": ""}) == {"M1-A1": "2"}


@pytest.mark.parametrize("forged", ["4", "-1", "na", "2 ", "２", "dk2", "\0"])
def test_forged_values_are_not_read(forged):
    with pytest.raises(Unreadable):
        anonymity.read(anonymity.asked(MODULE), {"M1-A1": forged})


def test_slips_are_keyed_as_printed():
    keyed = {"M1-A1": "1", "M1-A2": " ４ ", "M1-A3": "5", "M1-B1": "7", "M1-B3": ""}
    typed = anonymity.read_slip(anonymity.asked(MODULE), keyed, str.strip)
    assert typed.said == {"M1-A1": "0", "M1-A2": "3", "M1-A3": "dk"}
    assert typed.wrong == ["M1-B1"]


@pytest.mark.parametrize(("head_count", "most", "an_hour"), [(0, 60, 60), (50, 150, 60), (186, 558, 186)])
def test_a_link_takes_three_answers_a_head(head_count, most, an_hour):
    assert anonymity.limits(head_count) == (most, an_hour)
