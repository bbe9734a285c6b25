"""When may a self-assessment be filled in, submitted, reopened?"""

from score_web.core.words import N_, Labelled
from score_web.core.workflow import Step, Workflow, steps_from


class RoundState(Labelled):
    OPEN = "open", N_("Being filled in")
    SUBMITTED = "submitted", N_("Submitted and locked")


ROUND = Workflow(
    Step("submit", steps_from(RoundState.OPEN), RoundState.SUBMITTED),
    Step("reopen", steps_from(RoundState.SUBMITTED), RoundState.OPEN, needs_reason=True),
)
