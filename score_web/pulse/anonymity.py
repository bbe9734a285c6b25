"""What may be told of workers' answers, so that whoever sees every page at every moment still learns nothing about one person?

Two rules, per statement:
- what is told grows by FEWEST answers or more, or not at all;
- from the second time on, one answer drawn by lot stays behind. Five new answers that are all the same would otherwise show,
  by subtraction, what each of these five said; like this, anybody of them may be the one whose answer was not told.
The first time is covered by what readers are shown of fewer than 20 answers: never less than 10 % or more than 90 %.
"I do not know" is counted by the same rules, apart from the ratings. The lot must not depend on the answers.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from score_web.assessment.answering import Unreadable
from score_web.assessment.lenses import FEWEST
from score_web.assessment.questionnaire import DO_NOT_KNOW, WORKER_SCALE, Module, Statement

NO_IDEA = "dk"
RATINGS = tuple(str(anchor.value) for anchor in WORKER_SCALE)
CHOICES = (*RATINGS, NO_IDEA)
DIGITS = {**{str(int(rating) + 1): rating for rating in RATINGS}, "5": NO_IDEA}  # as printed on the slips: boxes 1 to 5
LABELS = {**{str(anchor.value): anchor.label for anchor in WORKER_SCALE}, NO_IDEA: DO_NOT_KNOW.label}
TIMES_HEAD_COUNT = 3
SMALLEST_LIMIT = 60
Lot = Callable[[list[str]], str]


def asked(module: Module) -> tuple[Statement, ...]:
    """The statements that workers are asked."""
    return tuple(statement for statement in module.statements if statement.worker)


def read(statements: Iterable[Statement], form: Mapping[str, str]) -> dict[str, str]:
    """What was chosen; statements may be left out. Raises Unreadable for what no page of ours sends."""
    said = {statement.id: form[statement.id] for statement in statements if form.get(statement.id)}
    if unknown := set(said.values()) - set(CHOICES):
        raise Unreadable(f"no answer: {unknown}")
    return said


@dataclass(frozen=True)
class Slip:
    """A paper slip as keyed: the digit typed for each statement, what it means, and which digits mean nothing."""

    digits: Mapping[str, str]

    @property
    def said(self) -> dict[str, str]:
        return {statement: DIGITS[digit] for statement, digit in self.digits.items() if digit in DIGITS}

    @property
    def wrong(self) -> list[str]:
        return [statement for statement, digit in self.digits.items() if digit and digit not in DIGITS]


def read_slip(statements: Iterable[Statement], form: Mapping[str, str], clean: Callable[[str], str]) -> Slip:
    """Full-width digits count too; nothing typed is a line left empty."""
    return Slip({s.id: unicodedata.normalize("NFKC", clean(form.get(s.id, "")))[:9] for s in statements})


def is_key(text: str) -> bool:
    """The random number that our forms carry."""
    return bool(re.fullmatch("[0-9a-f]{32}", text))


def limits(head_count: int) -> tuple[int, int]:
    """How many answers a link takes in all, and from one hourly count to the next."""
    return max(TIMES_HEAD_COUNT * head_count, SMALLEST_LIMIT), max(head_count, SMALLEST_LIMIT)


def may_count(waiting: int) -> bool:
    return waiting >= FEWEST


def count(answers: Iterable[Mapping[str, str]]) -> Counter[tuple[str, str]]:
    """(statement, choice) → how often; which answers belonged together is forgotten here."""
    return Counter(pair for said in answers for pair in said.items())


def in_steps(responses: int) -> int:
    """The number of people as it may be told: full steps of FEWEST."""
    return responses // FEWEST * FEWEST


@dataclass(frozen=True)
class Pool:
    """Of one statement, the ratings or the "don't know": what was told already, and what is held back."""

    told: Counter[str]
    held: Counter[str]

    def step(self, lot: Lot) -> "Pool":
        """What is told from now on."""
        before = self.told.total() > 0
        if self.held.total() < FEWEST + before:
            return self
        kept = Counter([lot(sorted(self.held.elements()))] if before else [])
        return Pool(self.told + self.held - kept, kept)


def tally(told: Mapping[str, int]) -> tuple[int, int]:
    """(sum, number) of ratings."""
    return sum(int(rating) * number for rating, number in told.items()), sum(told.values())
