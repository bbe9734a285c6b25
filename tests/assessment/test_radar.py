"""Protects: the radar shows what the table says; a theme without a rating is a gap in the line, never a zero."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from score_web.assessment.radar import Axis, Corner, Line, Point, radar, segments

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=12)


def test_the_first_axis_points_up_and_the_others_follow_clockwise():
    assert radar([None] * 4, radius=100, gap=10).axes == (
        Axis(end=Point(0, -100), label=Point(0, -120), anchor="middle"),
        Axis(end=Point(100, 0), label=Point(120, 0), anchor="start"),
        Axis(end=Point(0, 100), label=Point(0, 120), anchor="middle"),
        Axis(end=Point(-100, 0), label=Point(-120, 0), anchor="end"),
    )


def test_rings_stand_at_25_50_75_and_100():
    rings = radar([None] * 4).rings
    assert [ring for ring, _ in rings] == [25, 50, 75, 100]
    assert rings[0][1] == Line((Point(0, -25), Point(25, 0), Point(0, 25), Point(-25, 0)), closed=True)


def test_a_full_outline_is_one_closed_line():
    chart = radar([100, 50, 0, 20])
    assert chart.now.lines == (Line((Point(0, -100), Point(50, 0), Point(0, 0), Point(-20, 0)), closed=True),)
    assert chart.now.lines[0].points == "0,-100 50,0 0,0 -20,0"
    assert chart.was is None


def test_each_value_is_printed_beyond_its_dot():
    corners = radar([100, None, 0, 20], gap=10).now.corners
    assert corners == (
        Corner(axis=0, value=100, dot=Point(0, -100), label=Point(0, -110)),
        Corner(axis=2, value=0, dot=Point(0, 0), label=Point(0, 10)),
        Corner(axis=3, value=20, dot=Point(-20, 0), label=Point(-30, 0)),
    )


def test_a_theme_without_a_rating_breaks_the_line_a_zero_does_not():
    broken = radar([100, None, 0, 20]).now.lines
    assert broken == (Line((Point(0, 0), Point(-20, 0), Point(0, -100)), closed=False),)
    assert radar([100, 0, 0, 20]).now.lines[0].closed is True


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 5], [[0, 1, 2, 3, 4]]),
        ([1, None, 2, 3, None], [[2, 3], [0]]),
        ([1, 2, None, None, 5], [[4, 0, 1]]),
        ([None, 1, None, 2, None], [[1], [3]]),
        ([None, None], []),
        ([], []),
    ],
)
def test_segments_run_around_the_circle(values, expected):
    assert segments(values) == expected


def test_the_last_time_is_drawn_on_the_same_axes():
    chart = radar([100] * 5, [None, 50, 50, None, 50])
    assert [len(line.corners) for line in chart.was.lines] == [2, 1]
    assert len(chart.was.corners) == 3


@pytest.mark.parametrize("wrong", [[101, 0, 0], [-1, 0, 0], [float("nan"), 0, 0]])
def test_values_outside_the_scale_are_refused(wrong):
    with pytest.raises(ValueError, match="outside 0 to 100"):
        radar(wrong)


def test_two_times_need_the_same_themes():
    with pytest.raises(ValueError, match="same themes"):
        radar([1, 2, 3], [1, 2])


@given(VALUES)
def test_every_value_has_its_dot_at_its_distance_and_every_gap_has_none(values):
    now = radar(values, radius=100).now
    assert {corner.axis: corner.value for corner in now.corners} == {n: v for n, v in enumerate(values) if v is not None}
    assert all(math.isclose(math.hypot(*corner.dot), corner.value, abs_tol=0.02) for corner in now.corners)


@given(VALUES)
def test_segments_hold_each_rated_theme_once_and_neighbours_only(values):
    runs = segments(values)
    assert sorted(number for run in runs for number in run) == [n for n, v in enumerate(values) if v is not None]
    assert all((b - a) % len(values) == 1 for run in runs for a, b in pairwise(run))
