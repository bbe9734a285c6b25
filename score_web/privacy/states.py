"""When may a request be answered, and an erasure be carried out, taken back or refused?"""

from score_web.core.words import N_, Labelled
from score_web.core.workflow import Step, Workflow, steps_from


class RequestState(Labelled):
    OPEN = "open", N_("Waiting for an answer")
    ANSWERED = "answered", N_("Answered")


class ErasureState(Labelled):
    ASKED = "asked", N_("Asked for")
    DONE = "done", N_("Erased")
    TAKEN_BACK = "taken_back", N_("Taken back")
    REFUSED = "refused", N_("Refused")


REQUEST = Workflow(Step("answer", steps_from(RequestState.OPEN), RequestState.ANSWERED))
ERASURE = Workflow(
    Step("carry_out", steps_from(ErasureState.ASKED), ErasureState.DONE),
    Step("take_back", steps_from(ErasureState.ASKED), ErasureState.TAKEN_BACK),
    Step("refuse", steps_from(ErasureState.ASKED), ErasureState.REFUSED, needs_reason=True),
)
