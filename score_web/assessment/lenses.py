"""How do the same statements look through three lenses, and what of the workers' view may be shown?

Self, workers and trainer rate the same statements 0 to 3; each lens is a sum and a number per statement, and none
overwrites another. Workers stay unknown: a statement with fewer than 5 ratings shows nothing; below 20 ratings nothing
is shown under 10 % or over 90 %, since "0 %" would say what each of them chose. Themes, gaps and drawings are worked out
from these shown numbers alone, so that nothing hidden can be got back by arithmetic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from score_web.assessment.questionnaire import Statement, Theme
from score_web.assessment.scoring import TOP, Gap
from score_web.core.words import N_, Labelled

FEWEST = 5  # ratings of a statement from which on it is shown; also the smallest step in which more are added
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

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.sum + other.sum, self.n + other.n)

    @property
    def percent(self) -> float:
        return 100 * self.sum / (TOP * self.n)


@dataclass(frozen=True)
class Shown:
    """A whole number that may be read; `at_most`/`at_least`: the true one is this or further out ("≤ 10 %")."""

    percent: int
    at_most: bool = False
    at_least: bool = False


@dataclass(frozen=True)
class Released:
    """What readers are told of a statement, and what still waits until it is a step of at least FEWEST ratings."""

    shown: Tally = Tally()
    waiting: Tally = Tally()

    def add(self, more: Tally) -> "Released":
        """Two looks at the same page differ by FEWEST ratings or by none, so that no subtraction finds one person."""
        waiting = self.waiting + more
        if waiting.n < FEWEST:
            return Released(self.shown, waiting)
        return Released(self.shown + waiting)


def of_workers(tally: Tally) -> Shown | None:
    """One statement as the workers see it; None ("–") while too few of them rated it."""
    return None if tally.n < FEWEST else _clip(tally.percent, tally.n)


def plain(tally: Tally) -> Shown | None:
    """One statement through a lens that hides nobody."""
    return Shown(round(tally.percent)) if tally.n else None


def view(lens: Lens, tallies: Mapping[str, Tally]) -> "View":
    """All statements through one lens, as they may be shown."""
    show = of_workers if lens is Lens.WORKERS else plain
    return View(lens, {key: shown for key, tally in tallies.items() if (shown := show(tally))}, tallies)


@dataclass(frozen=True)
class View:
    """`shown` has only the statements that may be shown."""

    lens: Lens
    shown: Mapping[str, Shown]
    tallies: Mapping[str, Tally]

    def of(self, statements: Iterable[Statement]) -> Shown | None:
        """Together, every statement with the same weight; of workers from the shown numbers only."""
        kept = [statement.id for statement in statements if statement.id in self.shown]
        if not kept:
            return None
        if self.lens is Lens.WORKERS:
            return _clip(sum(self.shown[key].percent for key in kept) / len(kept), min(self.tallies[key].n for key in kept))
        return Shown(round(sum(self.tallies[key].percent for key in kept) / len(kept)))

    def of_theme(self, theme: Theme) -> Shown | None:
        return self.of(theme.statements)


def gap(statements: Iterable[Statement], managers: View, workers: View) -> Gap | None:
    """Managers against workers on the statements that both have, in shown numbers; None when they share none."""
    both = [statement for statement in statements if statement.id in managers.shown and statement.id in workers.shown]
    return Gap(managers=managers.of(both).percent, workers=workers.of(both).percent) if both else None


def _clip(percent: float, n: int) -> Shown:
    if n < MANY and percent <= LOWEST:
        return Shown(LOWEST, at_most=True)
    if n < MANY and percent >= HIGHEST:
        return Shown(HIGHEST, at_least=True)
    return Shown(round(percent))
