"""Protects: a median of five others at least; no single enterprise can be uncovered by it."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.assessment import benchmark
from score_web.assessment.benchmark import FEWEST, WHOLE, Benchmark, Circle


@dataclass(frozen=True)
class Other:
    """One enterprise: by theme id the sum and the number of its ratings."""

    number: int
    same_sector: bool
    same_province: bool
    themes: dict[str, tuple[int, int]]


def benchmarks(others) -> list[Benchmark]:
    others = [one for one in others if any(number for _, number in one.themes.values())]
    sector, province = ([one for one in others if getattr(one, which)] for which in ("same_sector", "same_province"))
    return benchmark.benchmarks(tallies(sector), tallies(province), len([one for one in sector if one in province]))


def tallies(others: list[Other]) -> dict[str, Counter]:
    found = defaultdict(Counter)
    for one in others:
        whole = tuple(map(sum, zip(*one.themes.values(), strict=True)))
        for theme, result in (one.themes | {WHOLE: whole}).items():
            found[theme][result] += 1
    return found


def other(number: int, percents: tuple[int, ...] = (50,), *, sector: bool = True, province: bool = False) -> Other:
    """`percents` by theme, of 100 statements each, so that every whole number can be had."""
    return Other(number, sector, province, {f"M1-{'ABCDE'[i]}": (3 * percent, 100) for i, percent in enumerate(percents)})


def circles(others) -> list[Circle]:
    return [found.circle for found in benchmarks(others)]


def test_nothing_below_five():
    assert benchmarks([other(n) for n in range(4)]) == []
    assert circles([other(n) for n in range(5)]) == [Circle.SECTOR]


def test_median_of_the_module_and_of_each_theme_in_whole_numbers():
    found, = benchmarks([other(n, (10 * n, 90 - n)) for n in range(6)])
    assert (found.percent, found.themes) == (56, {"M1-A": 25, "M1-B": 88})


def test_a_theme_that_fewer_than_five_rated_is_left_out():
    others = [other(n, (50, 60)) for n in range(4)] + [other(4, (50,))]
    assert benchmarks(others)[0].themes == {"M1-A": 50}


def test_an_enterprise_without_a_rating_does_not_count():
    assert benchmarks([other(n) for n in range(4)] + [Other(4, True, False, {}), Other(5, True, False, {"M1-A": (0, 0)})]) == []


def test_the_number_is_told_in_fives():
    assert [benchmarks([other(n) for n in range(count)])[0].at_least for count in (5, 9, 10, 23)] == [5, 5, 10, 20]


@pytest.mark.parametrize(("apart", "shown"), [(0, 2), (1, 1), (4, 1), (5, 2)])
def test_province_is_shown_only_where_comparing_it_with_the_sector_tells_nobody(apart, shown):
    both = [other(n, province=True) for n in range(5)]
    assert len(circles(both + [other(10 + n, sector=False, province=True) for n in range(apart)])) == shown


def test_the_province_alone_is_shown_too():
    assert circles([other(n, sector=n < 3, province=True) for n in range(7)]) == [Circle.PROVINCE]


@given(st.lists(st.integers(0, 100), min_size=FEWEST, max_size=40))
def test_what_is_shown_is_the_median_whatever_the_order(percents):
    found, = benchmarks([other(n, (percent,)) for n, percent in enumerate(percents)])
    assert found == benchmarks([other(n, (percent,)) for n, percent in enumerate(reversed(percents))])[0]
    assert found.percent == round(median(percents))
