"""How do others stand in the same module, without saying how any one of them stands?

The others are approved enterprises of the same sector or province, each with its latest submitted self-assessment and never
the reader's own. What they share is the median, in whole numbers, from five of them on, and their number only in fives. The
second circle is shown only where it differs from the first by nobody or by at least five, so that comparing the
two tells nothing about those few. How often each result stands in a circle is all that is needed for that, and
what the reader's own enterprise adds to it can be taken off exactly. The reasons are in docs/decisions/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from score_web.assessment.scoring import TOP
from score_web.core.words import N_, Labelled

FEWEST = 5
WHOLE = ""  # the place of the whole module among the themes
Tally = Mapping[tuple[int, int], int]  # how often: (sum, number) of ratings → enterprises


class Circle(Labelled):
    SECTOR = "sector", N_("Same sector")
    PROVINCE = "province", N_("Same province")


@dataclass(frozen=True)
class Benchmark:
    """Medians in whole numbers; a theme that fewer than five of them rated is left out. `at_least`: their number, down to a five."""

    circle: Circle
    at_least: int
    percent: int
    themes: Mapping[str, int] = field(default_factory=dict)


def benchmarks(sector: Mapping[str, Tally], province: Mapping[str, Tally], both: int) -> list[Benchmark]:
    """Sector first; nothing where fewer than five others stand. A circle holds a tally by theme id; `both` stand in both circles."""
    in_sector, in_province = (sum(circle.get(WHOLE, {}).values()) for circle in (sector, province))
    shown = [_benchmark(Circle.SECTOR, sector, in_sector)] if in_sector >= FEWEST else []
    if in_province >= FEWEST and not (shown and 0 < in_sector + in_province - 2 * both < FEWEST):
        shown.append(_benchmark(Circle.PROVINCE, province, in_province))
    return shown


def _benchmark(circle: Circle, themes: Mapping[str, Tally], number: int) -> Benchmark:
    medians = {theme: _median(tally) for theme, tally in sorted(themes.items()) if sum(tally.values()) >= FEWEST}
    return Benchmark(circle, number // FEWEST * FEWEST, medians.pop(WHOLE), medians)


def _median(tally: Tally) -> int:
    """The middle one, or the mean of the middle two."""
    percents = sorted((_percent(*result), often) for result, often in tally.items() if often > 0)
    number = sum(often for _, often in percents)
    return round((_at(percents, (number - 1) // 2) + _at(percents, number // 2)) / 2)


def _at(percents: list[tuple[float, int]], place: int) -> float:
    for percent, often in percents:
        place -= often
        if place < 0:
            return percent
    raise IndexError(place)


def _percent(total: int, number: int) -> float:
    return 100 * total / (TOP * number)
