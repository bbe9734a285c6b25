"""When may a booking be answered, cancelled, completed?"""

from score_web.core.words import N_, Labelled
from score_web.core.workflow import Step, Workflow, steps_from


class BookingKind(Labelled):
    CLASS = "class", N_("Two-day class")
    VISIT = "visit", N_("Follow-up visit")


class BookingState(Labelled):
    REQUESTED = "requested", N_("Waiting for the trainer")
    ACCEPTED = "accepted", N_("Confirmed")
    DECLINED = "declined", N_("Declined")
    CANCELLED = "cancelled", N_("Cancelled")
    LAPSED = "lapsed", N_("Not answered in time")
    COMPLETED = "completed", N_("Completed")


_S = BookingState

BOOKING = Workflow(
    Step("accept", steps_from(_S.REQUESTED), _S.ACCEPTED),
    Step("decline", steps_from(_S.REQUESTED), _S.DECLINED, needs_reason=True),
    Step("cancel", steps_from(_S.REQUESTED, _S.ACCEPTED), _S.CANCELLED, needs_reason=True),
    Step("lapse", steps_from(_S.REQUESTED), _S.LAPSED),
    Step("complete", steps_from(_S.ACCEPTED), _S.COMPLETED),
)
