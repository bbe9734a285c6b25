"""May this enterprise take part? All reasons at once, each with what to do; never a plain no, the partner decides."""

from enum import StrEnum
from typing import NamedTuple

from score_web.core.words import N_, Sentence
from score_web.reference import divisions, sectors

ELSEWHERE = "other"  # no manufacturing division


class Verdict(StrEnum):
    YES = "yes"
    EXPLAIN = "explain"


class Reason(NamedTuple):
    """One thing that was looked at: whether it fits, and what to do when it does not."""

    fits: bool
    sentence: Sentence
    todo: Sentence | None = None


def check(employees: int, province: str, sector: str, size_min: int, size_max: int) -> list[Reason]:
    return [_size(employees, size_min, size_max), _sector(sector), _place(province)]


def verdict(reasons: list[Reason]) -> Verdict:
    return Verdict.YES if all(reason.fits for reason in reasons) else Verdict.EXPLAIN


def _size(employees: int, low: int, high: int) -> Reason:
    numbers = {"employees": employees, "low": low, "high": high}
    if low <= employees <= high:
        return Reason(True, Sentence(N_("%(employees)s employees: within the band of %(low)s to %(high)s"), **numbers))
    todo = Sentence(N_("You may still apply: explain in the form why SCORE fits you. The partner institution decides."))
    if employees < low:
        return Reason(False, Sentence(N_("%(employees)s employees: fewer than the %(low)s the programme is made for"), **numbers), todo)
    return Reason(False, Sentence(N_("%(employees)s employees: more than the %(high)s the programme is made for"), **numbers), todo)


def _sector(code: str) -> Reason:
    found = sectors.sector(code)
    if found is None:
        return Reason(
            False,
            Sentence(N_("SCORE is made for manufacturing")),
            Sentence(N_("If part of your business is manufacturing, choose that; otherwise ask a partner institution before you apply.")),
        )
    if code in sectors.SCORE_SECTORS:
        return Reason(True, Sentence(N_("%(sector)s (%(code)s): one of the programme's main sectors"), sector=found.name, code=code))
    return Reason(True, Sentence(N_("%(sector)s (%(code)s): manufacturing, so you can take part"), sector=found.name, code=code))


def _place(code: str) -> Reason:
    found = divisions.province(code)
    if found in divisions.provinces():
        return Reason(True, Sentence(N_("%(place)s: enterprises from the whole mainland can apply"), place=found.name))
    return Reason(
        False,
        Sentence(N_("Your place is not in our list")),
        Sentence(N_("Choose the province of your factory. If it is not listed, write to us.")),
    )
