"""Where do the lines of a radar chart run? Geometry only; the template draws it and prints the same numbers as a table.

The centre is (0, 0), the first axis points up, the others follow clockwise; the scale is always 0 to 100. A theme
without a rating has no point, so the line breaks there: one outline falls into segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import cos, pi, sin
from typing import NamedTuple

TOP = 100
RINGS = (25, 50, 75, 100)
Values = Sequence[float | None]


class Point(NamedTuple):
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


class Axis(NamedTuple):
    """From the centre to `end`; its name stands at `label`, and `anchor` is SVG's text-anchor there."""

    end: Point
    label: Point
    anchor: str


@dataclass(frozen=True)
class Line:
    """Points to join in turn; `closed` back to the first one. A single point is a theme between two empty ones."""

    corners: tuple[Point, ...]
    closed: bool = False

    @cached_property
    def points(self) -> str:
        """For the attribute `points` of polygon and polyline."""
        return " ".join(map(str, self.corners))


class Corner(NamedTuple):
    """A dot on its axis and the place of its printed value, a little further out."""

    axis: int
    value: float
    dot: Point
    label: Point


class Outline(NamedTuple):
    lines: tuple[Line, ...]
    corners: tuple[Corner, ...]


class Radar(NamedTuple):
    radius: float
    rings: tuple[tuple[int, Line], ...]
    axes: tuple[Axis, ...]
    now: Outline
    was: Outline | None
    others: tuple[Outline | None, ...] = ()


def radar(now: Values, was: Values | None = None, *, others: Sequence[Values | None] = (), radius: float = 100, gap: float = 14) -> Radar:
    """All have one value from 0 to 100 per theme, None where nothing was rated; `others` are the same themes as others see them."""
    if any(len(values) != len(now) for values in (was, *others) if values is not None):
        raise ValueError("all outlines need the same themes")
    count = len(now)
    return Radar(
        radius=radius,
        rings=_rings(count, radius),
        axes=_axes(count, radius, gap),
        now=_outline(now, radius, gap),
        was=None if was is None else _outline(was, radius, gap),
        others=tuple(None if values is None else _outline(values, radius, gap) for values in others),
    )


def segments(values: Sequence[float | None]) -> list[list[int]]:
    """Runs of neighbouring themes that have a value, around the circle: the last one neighbours the first."""
    count = len(values)
    if None not in values:
        return [list(range(count))] if count else []
    first = next(number for number, value in enumerate(values) if value is None)
    runs: list[list[int]] = [[]]
    for number in (*range(first, count), *range(first)):
        if values[number] is None:
            runs.append([])
        else:
            runs[-1].append(number)
    return [run for run in runs if run]


def _outline(values: Sequence[float | None], radius: float, gap: float) -> Outline:
    if any(not 0 <= value <= TOP for value in values if value is not None):
        raise ValueError(f"a value is outside 0 to {TOP}: {values}")
    dots = _all_around([value or 0 for value in values], radius)
    out = _all_around([(value or 0) + TOP * gap / radius for value in values], radius)
    whole = len(values) > 0 and None not in values
    return Outline(
        lines=tuple(Line(tuple(dots[number] for number in run), closed=whole) for run in segments(values)),
        corners=tuple(Corner(number, value, dots[number], out[number]) for number, value in enumerate(values) if value is not None),
    )


@cache
def _rings(count: int, radius: float) -> tuple[tuple[int, Line], ...]:
    return tuple((ring, Line(_all_around([ring] * count, radius), closed=True)) for ring in RINGS)


@cache
def _axes(count: int, radius: float, gap: float) -> tuple[Axis, ...]:
    return tuple(_axis(number, count, radius, gap) for number in range(count))


def _axis(number: int, count: int, radius: float, gap: float) -> Axis:
    label = _point(number, count, radius + 2 * gap)
    side = "middle" if abs(label.x) < 1 else ("start" if label.x > 0 else "end")
    return Axis(end=_point(number, count, radius), label=label, anchor=side)


def _all_around(values: Sequence[float], radius: float) -> tuple[Point, ...]:
    return tuple(_point(number, len(values), radius * value / TOP) for number, value in enumerate(values))


def _point(number: int, count: int, distance: float) -> Point:
    angle = 2 * pi * number / count
    return Point(round(distance * sin(angle), 2) + 0.0, round(-distance * cos(angle), 2) + 0.0)
