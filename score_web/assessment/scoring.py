"""How did it go? Answers and a module in; percentages, band, red flags and first actions out. Arithmetic only, no rounding.

A percentage is the sum of the ratings over three times the rated statements; what does not apply is left out. The
module's percentage is that of all its statements, not the mean of its themes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from score_web.assessment.questionnaire import Module, Statement, Theme
from score_web.core.words import N_, Labelled, Sentence

TOP = 3
IN_PLACE = 2  # from here on the ILO counts a good practice as being in place
ANSWERED_PERCENT = 80
RATED_PERCENT = 50
MOST_ACTIONS = 5
GAP_POINTS = 20


@dataclass(frozen=True)
class Rating:
    """The answer to one statement: 0 to 3, or not applicable, which counts only with its reason. Equal ones are shared by all pages,
    so what follows from one is worked out once."""

    value: int | None = None
    not_applicable: bool = False
    reason: str = ""

    def __post_init__(self):
        if self.value is not None and (self.not_applicable or self.value not in range(TOP + 1)):
            raise ValueError(f"no rating: {self}")

    @cached_property
    def rated(self) -> bool:
        return self.value is not None

    @cached_property
    def answered(self) -> bool:
        return self.rated or (self.not_applicable and bool(self.reason.strip()))

    @cached_property
    def low(self) -> bool:
        return self.rated and self.value < IN_PLACE

    @property
    def in_place(self) -> bool:
        return self.rated and self.value >= IN_PLACE


class Band(Labelled):
    STARTING = "starting", N_("Starting")
    BASIC = "basic", N_("Basic")
    GOOD = "good", N_("Good")
    EXCELLENT = "excellent", N_("Excellent")


BANDS = ((80, Band.EXCELLENT), (60, Band.GOOD), (40, Band.BASIC), (0, Band.STARTING))  # from this percentage on


class ThemeScore(NamedTuple):
    theme: Theme
    percent: float | None
    answered: int
    rated: int
    total: int


class FirstAction(NamedTuple):
    """A statement to begin with, what it was rated, and the theme it belongs to (for "because")."""

    statement: Statement
    rating: int
    theme: ThemeScore


class ModuleScore(NamedTuple):
    module: Module
    answered: int
    rated: int
    total: int
    percent: float | None
    band: Band | None
    themes: tuple[ThemeScore, ...]
    red_flags: tuple[Statement, ...]
    first_actions: tuple[FirstAction, ...]


class Gap(NamedTuple):
    """Managers against workers on the same statements, in points; wide from 20 on, whichever side sees it better."""

    managers: float
    workers: float

    @property
    def points(self) -> float:
        return self.managers - self.workers

    @property
    def wide(self) -> bool:
        return abs(self.points) >= GAP_POINTS - 1e-9  # thirds are not exact in binary: 20 points must count as 20


NOTHING = Rating()


def score(module: Module, answers: Mapping[str, Rating]) -> ModuleScore:
    """Answers to statements that the module does not have are left out."""
    ratings = [answers.get(statement.id, NOTHING) for statement in module.statements]
    themes = tuple(_theme_score(theme, answers) for theme in module.themes)
    result = percent(ratings)
    return ModuleScore(
        module=module,
        answered=sum(theme.answered for theme in themes),
        rated=sum(theme.rated for theme in themes),
        total=len(ratings),
        percent=result,
        band=None if result is None else band(result),
        themes=themes,
        red_flags=tuple(s for s in module.statements if s.critical and answers.get(s.id, NOTHING).low),
        first_actions=_first_actions(themes, answers),
    )


def percent(ratings: Iterable[Rating]) -> float | None:
    values = [rating.value for rating in ratings if rating.rated]
    return 100 * sum(values) / (TOP * len(values)) if values else None


def band(unrounded: float) -> Band:
    return next(band for limit, band in BANDS if unrounded >= limit)


def may_submit(result: ModuleScore) -> list[Sentence]:
    """What is still missing before the self-assessment may be submitted; empty when nothing is."""
    missing = []
    if result.answered < (needed := _share(ANSWERED_PERCENT, result.total)):
        missing.append(Sentence(TOO_FEW_ANSWERED, needed=needed, total=result.total, answered=result.answered))
    if result.rated < (needed := _share(RATED_PERCENT, result.total)):
        missing.append(Sentence(TOO_FEW_RATED, needed=needed, total=result.total, rated=result.rated))
    return missing


def _theme_score(theme: Theme, answers: Mapping[str, Rating]) -> ThemeScore:
    ratings = [answers.get(statement.id, NOTHING) for statement in theme.statements]
    return ThemeScore(
        theme=theme,
        percent=percent(ratings),
        answered=sum([rating.answered for rating in ratings]),
        rated=sum([rating.rated for rating in ratings]),
        total=len(ratings),
    )


def _first_actions(themes: tuple[ThemeScore, ...], answers: Mapping[str, Rating]) -> tuple[FirstAction, ...]:
    """Critical ones first, then the lowest rating, then the weakest theme, then the order of the questionnaire."""
    low = [
        FirstAction(statement, answers[statement.id].value, theme)
        for theme in themes
        for statement in theme.theme.statements
        if answers.get(statement.id, NOTHING).low
    ]
    low.sort(key=lambda action: (not action.statement.critical, action.rating, action.theme.percent))
    return tuple(low[:MOST_ACTIONS])


def _share(share: int, total: int) -> int:
    """The smallest whole number that is at least that share, in whole numbers so that nothing is rounded down."""
    return -(-share * total // 100)


TOO_FEW_ANSWERED = N_("Answer at least %(needed)s of the %(total)s statements; %(answered)s are answered so far.")
TOO_FEW_RATED = N_("Rate at least %(needed)s of the %(total)s statements; %(rated)s are rated so far, and “not applicable” is no rating.")
