"""When may a booking be answered, cancelled, completed?"""

from datetime import date, datetime

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
LIVE = (_S.ACCEPTED, _S.COMPLETED)

BOOKING = Workflow(
    Step("accept", steps_from(_S.REQUESTED), _S.ACCEPTED),
    Step("decline", steps_from(_S.REQUESTED), _S.DECLINED, needs_reason=True),
    Step("cancel", steps_from(_S.REQUESTED, _S.ACCEPTED), _S.CANCELLED, needs_reason=True),
    Step("lapse", steps_from(_S.REQUESTED), _S.LAPSED),
    Step("complete", steps_from(_S.ACCEPTED), _S.COMPLETED),
)


def state_now(state: BookingState, expires_at: datetime, now: datetime) -> BookingState:
    """A request whose time is over has lapsed, whether or not anybody has written it down yet."""
    return _S.LAPSED if state is _S.REQUESTED and expires_at <= now else state


def may_complete(last_day: date, today: date) -> bool:
    """From the evening of its last day on."""
    return last_day <= today
