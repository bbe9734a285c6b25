"""When may which step of an enrolment be taken?"""

from score_web.core.words import N_, Labelled
from score_web.core.workflow import Step, Workflow, steps_from


class EnrolmentState(Labelled):
    DRAFT = "draft", N_("Draft")
    SUBMITTED = "submitted", N_("Waiting for a decision")
    RETURNED = "returned", N_("Returned for correction")
    APPROVED = "approved", N_("Approved")
    REJECTED = "rejected", N_("Not approved")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


_S = EnrolmentState

ENROLMENT = Workflow(
    Step("submit", steps_from(_S.DRAFT, _S.RETURNED), _S.SUBMITTED),
    Step("withdraw", steps_from(_S.DRAFT, _S.SUBMITTED, _S.RETURNED), _S.WITHDRAWN),
    Step("restart", steps_from(_S.WITHDRAWN, _S.REJECTED), _S.DRAFT),
    Step("return", steps_from(_S.SUBMITTED), _S.RETURNED, needs_reason=True),
    Step("approve", steps_from(_S.SUBMITTED), _S.APPROVED),
    Step("reject", steps_from(_S.SUBMITTED), _S.REJECTED, needs_reason=True),
    Step("transfer", steps_from(_S.SUBMITTED), _S.SUBMITTED, needs_reason=True),
    Step("correct", steps_from(_S.APPROVED), _S.APPROVED),
    Step("recheck", steps_from(_S.APPROVED), _S.SUBMITTED),
)

TABS = {
    "decide": (_S.SUBMITTED,),
    "enterprise": (_S.RETURNED,),
    "decided": (_S.APPROVED, _S.REJECTED, _S.WITHDRAWN),
}  # fmt: skip

DONE = {
    "submit": N_("Submitted"),
    "withdraw": N_("Withdrawn by the enterprise"),
    "restart": N_("Started again"),
    "return": N_("Returned for correction"),
    "approve": N_("Approved"),
    "reject": N_("Not approved"),
    "transfer": N_("Handed over to another institution"),
    "correct": N_("Corrected by the enterprise"),
    "recheck": N_("Corrected by the enterprise; the partner institution looks at it again"),
}
DECISIONS = ("return", "approve", "reject")
BY_PARTNER = (*DECISIONS, "transfer")
