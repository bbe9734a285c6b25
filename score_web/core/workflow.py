"""When may a step be taken? One table of steps per record; the buttons on a page and the services read the same table."""

from enum import StrEnum
from typing import NamedTuple

from score_web.core.errors import Refused
from score_web.core.words import N_


class Step(NamedTuple):
    """From any of `sources` to `target`; `needs_reason` steps refuse an empty reason."""

    name: str
    sources: frozenset[StrEnum]
    target: StrEnum
    needs_reason: bool = False


class Workflow:
    def __init__(self, *steps: Step):
        self.steps = {step.name: step for step in steps}

    def open_steps(self, state: StrEnum) -> list[str]:
        return [name for name, step in self.steps.items() if state in step.sources]

    def allows(self, name: str, state: StrEnum) -> bool:
        return state in self.steps[name].sources

    def take(self, name: str, state: StrEnum, reason: str = "") -> StrEnum:
        """The state after the step. Raises Refused when the step is not open now or lacks its reason."""
        step = self.steps[name]
        if state not in step.sources:
            raise Refused(N_("This has changed in the meantime. Look at where it stands now before you go on."))
        if step.needs_reason and not reason.strip():
            raise Refused(N_("Please write the reason: the other side will read it."))
        return step.target


def steps_from(*sources: StrEnum) -> frozenset[StrEnum]:
    return frozenset(sources)
