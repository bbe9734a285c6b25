"""What does a result page say beside the bare scores: the change since last time, the strongest and the weakest theme?

Shown numbers are rounded once, here, and differences are taken between shown numbers, so that every table adds up.
"""

from dataclasses import dataclass
from functools import cached_property

from score_web.assessment.questionnaire import Theme
from score_web.assessment.radar import Radar, radar
from score_web.assessment.scoring import BANDS, Band, ModuleScore, ThemeScore, band

NARROW = 10  # themes closer together than this are not called strong or weak


@dataclass(frozen=True)
class Row:
    """One theme, now and before; None where nothing was rated."""

    theme: Theme
    now: float | None
    was: float | None

    @property
    def change(self) -> float | None:
        return None if self.now is None or self.was is None else shown(self.now) - shown(self.was)


@dataclass(frozen=True)
class Findings:
    score: ModuleScore
    earlier: ModuleScore | None = None

    @property
    def change(self) -> float | None:
        """In points, between the two headline numbers."""
        return Row(None, self.score.percent, self.earlier.percent).change if self.earlier else None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Themes are matched by their id: an old edition may have others."""
        before = {t.theme.id: t.percent for t in self.earlier.themes} if self.earlier else {}
        return tuple(Row(t.theme, t.percent, before.get(t.theme.id)) for t in self.score.themes)

    @cached_property
    def radar(self) -> Radar:
        was = [row.was for row in self.rows] if self.earlier else None
        return radar([row.now for row in self.rows], was, radius=150, gap=20)

    @property
    def _rated(self) -> list[ThemeScore]:
        return [theme for theme in self.score.themes if theme.percent is not None]

    @property
    def strongest(self) -> ThemeScore:
        return max(self._rated, key=lambda theme: theme.percent)

    @property
    def weakest(self) -> ThemeScore:
        return min(self._rated, key=lambda theme: theme.percent)

    @property
    def uneven(self) -> bool:
        return self.strongest.percent - self.weakest.percent >= NARROW


def shown(percent: float) -> float:
    """A whole number; one decimal where rounding would lift it over the edge of its band ("60 % Basic")."""
    whole = round(percent)
    return whole if band(whole) is band(percent) else round(percent, 1)


@dataclass(frozen=True)
class Segment:
    """A band on the scale from `start` up to, not including, `end`."""

    band: Band
    start: int
    end: int


_STARTS = BANDS[::-1]
SEGMENTS = tuple(
    Segment(band, start, end) for (start, band), end in zip(_STARTS, [*(start for start, _ in _STARTS[1:]), 100], strict=True)
)
