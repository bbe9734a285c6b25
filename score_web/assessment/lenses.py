"""How do the same statements look through three lenses, and what of the workers' view may be shown?

Self, workers and trainer rate the same statements 0 to 3; each lens is a sum and a number per statement, and none
overwrites another. Workers stay unknown: a statement with fewer than 5 ratings shows nothing; below 20 ratings nothing
is shown under 10 % or over 90 %, since "0 %" would say what each of them chose. Themes, gaps and drawings are worked out
from these shown numbers alone, so that nothing hidden can be got back by arithmetic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from score_web.assessment.questionnaire import Statement, Theme
from score_web.assessment.scoring import TOP, Gap
from score_web.core.words import N_, Labelled

FEWEST = 5  # ratings of a statement from which on it is shown; more come in steps of at least as many, see pulse/anonymity.py
MANY = 20  # ratings from which on even 0 % and 100 % tell nothing about one person
LOWEST, HIGHEST = 10, 90  # what is shown below MANY


class Lens(Labelled):
    SELF = "self", N_("Self-assessment")
    WORKERS = "workers", N_("Workers")
    TRAINER = "trainer", N_("Verified by the trainer")


@dataclass(frozen=True)
class Tally:
    """Ratings of one statement: their sum and how many there are."""

    sum: int = 0
    n: int = 0

    def __post_init__(self):
        if not 0 <= self.sum <= TOP * self.n:
            raise ValueError(f"no tally: {self}")

    @property
    def percent(self) -> float:
        return 100 * self.sum / (TOP * self.n)


@dataclass(frozen=True)
class Shown:
    """A percentage that may be read; `at_most`/`at_least`: the true one is this or further out ("≤ 10 %")."""

    percent: float
    at_most: bool = False
    at_least: bool = False


def of_workers(tally: Tally) -> Shown | None:
    """One statement as the workers see it; None ("–") while too few of them rated it."""
    return None if tally.n < FEWEST else _clip(tally.percent, tally.n)


def view(lens: Lens, tallies: Mapping[str, Tally]) -> "View":
    """All statements through one lens, as they may be shown."""
    show = of_workers if lens is Lens.WORKERS else _plain
    return View({key: shown for key, tally in tallies.items() if (shown := show(tally))},
                {key: tally.n for key, tally in tallies.items()}, hides=lens is Lens.WORKERS)


@dataclass(frozen=True)
class View:
    """`shown` has only the statements that may be shown; `hides`: extremes of a few ratings are not told."""

    shown: Mapping[str, Shown] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    hides: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def of(self, statements: Iterable[Statement]) -> Shown | None:
        """Together, every statement with the same weight, from the shown numbers only."""
        kept = [statement.id for statement in statements if statement.id in self.shown]
        if not kept:
            return None
        mean = sum(self.shown[key].percent for key in kept) / len(kept)
        return _clip(mean, min(self.numbers[key] for key in kept)) if self.hides else Shown(round(mean))

    def count(self, theme: Theme) -> int:
        """How many statements of the theme are shown."""
        return sum(statement.id in self.shown for statement in theme.statements)


@dataclass(frozen=True)
class Sides:
    """Managers and workers on the same statements, and how many these are; the difference is that of the shown numbers."""

    managers: Shown
    workers: Shown
    count: int

    @property
    def gap(self) -> Gap:
        return Gap(self.managers.percent, self.workers.percent)


def sides(statements: Iterable[Statement], managers: View, workers: View) -> Sides | None:
    """None when they share no statement that may be shown."""
    both = [statement for statement in statements if statement.id in managers.shown and statement.id in workers.shown]
    return Sides(managers.of(both), workers.of(both), len(both)) if both else None


def _plain(tally: Tally) -> Shown | None:
    return Shown(tally.percent) if tally.n else None


def _clip(percent: float, n: int) -> Shown:
    if n < MANY and percent <= LOWEST:
        return Shown(LOWEST, at_most=True)
    if n < MANY and percent >= HIGHEST:
        return Shown(HIGHEST, at_least=True)
    return Shown(round(percent))
