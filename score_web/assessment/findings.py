"""What does a result page say beside the bare scores: the change since last time, the strongest and the weakest theme?

Shown numbers are rounded once, here, and differences are taken between shown numbers, so that every table adds up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from score_web.assessment import scoring
from score_web.assessment.lenses import Shown, Sides, View, sides
from score_web.assessment.questionnaire import Module, Statement, Theme
from score_web.assessment.radar import Radar, radar
from score_web.assessment.scoring import BANDS, NOTHING, Band, ModuleScore, Rating, ThemeScore, band

NARROW = 10  # themes closer together than this are not called strong or weak


class Row(NamedTuple):
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
    def labels(self) -> list[tuple[Theme, float | None]]:
        """What the radar prints at its corners."""
        return [(row.theme, row.now) for row in self.rows]

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

class LensRow(NamedTuple):
    """One theme through the three lenses. `own` counts all rated statements, the others only theirs; `sides` the same ones."""

    theme: Theme
    own: float | None
    workers: Shown | None
    trainer: Shown | None
    verified: int
    sides: Sides | None


@dataclass(frozen=True)
class Lenses:
    """The self-assessment beside what the workers say and what a trainer found; none of them changes another."""

    score: ModuleScore
    managers: View
    workers: View
    trainer: View

    @cached_property
    def rows(self) -> tuple[LensRow, ...]:
        return tuple(
            LensRow(t.theme, t.percent, self.workers.of(t.theme.statements), self.trainer.of(t.theme.statements),
                    self.trainer.count(t.theme), sides(t.theme.statements, self.managers, self.workers))
            for t in self.score.themes
        )

    @property
    def sides(self) -> Sides | None:
        """Over the whole module."""
        return sides(self.score.module.statements, self.managers, self.workers)

    @property
    def wide(self) -> list[LensRow]:
        """Themes that managers and workers see at least 20 points apart, the widest first."""
        return sorted((row for row in self.rows if row.sides and row.sides.gap.wide), key=lambda row: -abs(row.sides.gap.points))

    @property
    def labels(self) -> list[tuple[Theme, float | None]]:
        return [(row.theme, row.own) for row in self.rows]

    @cached_property
    def radar(self) -> Radar:
        def seen(name: str, through: View):
            return [value and value.percent for row in self.rows for value in [getattr(row, name)]] if through else None

        others = [seen("workers", self.workers), seen("trainer", self.trainer)]
        return radar([row.own for row in self.rows], others=others, radius=150, gap=20)


class Pair(NamedTuple):
    """One statement then and now."""

    statement: Statement
    now: Rating
    was: Rating

    @property
    def change(self) -> int | None:
        return self.now.value - self.was.value if self.now.rated and self.was.rated else None


@dataclass(frozen=True)
class Comparison:
    """Two self-assessments of one module, like with like: percentages count only the statements that both editions ask."""

    module: Module
    earlier_module: Module
    answers: Mapping[str, Rating]
    earlier_answers: Mapping[str, Rating]

    @cached_property
    def found(self) -> Findings:
        return Findings(self._score(self.answers), self._score(self.earlier_answers))

    @cached_property
    def pairs(self) -> tuple[tuple[Row, tuple[Pair, ...]], ...]:
        """By theme of the newer edition; themes that share no statement are left out."""
        return tuple(
            (row, tuple(Pair(s, self.answers.get(s.id, NOTHING), self.earlier_answers.get(s.id, NOTHING)) for s in row.theme.statements))
            for row in self.found.rows
        )

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many statements are better, the same, worse."""
        changes = [pair.change for _, pairs in self.pairs for pair in pairs if pair.change is not None]
        return sum(c > 0 for c in changes), changes.count(0), sum(c < 0 for c in changes)

    @property
    def only_now(self) -> list[Statement]:
        return [s for s in self.module.statements if not self.earlier_module.statement(s.id)]

    @property
    def only_then(self) -> list[Statement]:
        return [s for s in self.earlier_module.statements if not self.module.statement(s.id)]

    def _score(self, answers: Mapping[str, Rating]) -> ModuleScore:
        return scoring.score(self._shared, answers)

    @cached_property
    def _shared(self) -> Module:
        themes = (replace(t, statements=tuple(s for s in t.statements if self.earlier_module.statement(s.id))) for t in self.module.themes)
        return replace(self.module, themes=tuple(theme for theme in themes if theme.statements))


def shown(percent: float) -> float:
    """A whole number; one decimal where rounding would lift it over the edge of its band ("60 % Basic")."""
    whole = round(percent)
    return whole if band(whole) is band(percent) else round(percent, 1)


class Segment(NamedTuple):
    """A band on the scale from `start` up to, not including, `end`."""

    band: Band
    start: int
    end: int


_STARTS = BANDS[::-1]
SEGMENTS = tuple(
    Segment(band, start, end) for (start, band), end in zip(_STARTS, [*(start for start, _ in _STARTS[1:]), 100], strict=True)
)
