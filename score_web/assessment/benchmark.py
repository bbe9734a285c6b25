"""How do others stand in the same module, without saying how any one of them stands?

The others are approved enterprises of the same sector or province, each with its latest submitted self-assessment and never
the reader's own. What they share is the median, in whole numbers, from five of them on, and their number only in fives. The
second circle is shown only where it differs from the first by nobody or by at least five, so that comparing the
two tells nothing about those few. The reasons are in docs/decisions/.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from score_web.assessment.scoring import TOP
from score_web.core.words import N_, Labelled

FEWEST = 5


class Circle(Labelled):
    SECTOR = "sector", N_("Same sector")
    PROVINCE = "province", N_("Same province")


@dataclass(frozen=True)
class Other:
    """One enterprise: by theme id the sum and the number of its ratings."""

    enterprise_id: int
    same_sector: bool
    same_province: bool
    themes: Mapping[str, tuple[int, int]]

    @property
    def percent(self) -> float:
        return _percent(*map(sum, zip(*self.themes.values(), strict=True)))


@dataclass(frozen=True)
class Benchmark:
    """Medians in whole numbers; a theme that fewer than five of them rated is left out. `at_least`: their number, down to a five."""

    circle: Circle
    at_least: int
    percent: int
    themes: Mapping[str, int] = field(default_factory=dict)


def benchmarks(others: Iterable[Other]) -> list[Benchmark]:
    """Sector first; nothing where fewer than five others stand."""
    others = [other for other in others if any(number for _, number in other.themes.values())]
    sector = [other for other in others if other.same_sector]
    province = [other for other in others if other.same_province]
    shown = [_benchmark(Circle.SECTOR, sector)] if len(sector) >= FEWEST else []
    if len(province) >= FEWEST and (not shown or not _tells_somebody(sector, province)):
        shown.append(_benchmark(Circle.PROVINCE, province))
    return shown


def _tells_somebody(one: list[Other], two: list[Other]) -> bool:
    different = {other.enterprise_id for other in one} ^ {other.enterprise_id for other in two}
    return 0 < len(different) < FEWEST


def _benchmark(circle: Circle, others: list[Other]) -> Benchmark:
    themes = {theme for other in others for theme in other.themes}
    rated = {theme: [_percent(*other.themes[theme]) for other in others if other.themes.get(theme, (0, 0))[1]] for theme in themes}
    return Benchmark(
        circle, len(others) // FEWEST * FEWEST, round(median(other.percent for other in others)),
        {theme: round(median(percents)) for theme, percents in sorted(rated.items()) if len(percents) >= FEWEST},
    )


def _percent(total: int, number: int) -> float:
    return 100 * total / (TOP * number)
