"""Every table, one line each, so that sign-in and migrations see all of them."""

from score_web.accounts import models as accounts
from score_web.assessment import models as assessment
from score_web.booking import models as booking
from score_web.core import audit, chain, installation, jobs, mail, names
from score_web.enrolment import models as enrolment
from score_web.privacy import models as privacy
from score_web.pulse import models as pulse
from score_web.trainers import models as trainers

__all__ = [
    "accounts", "assessment", "audit", "booking", "chain", "enrolment", "installation", "jobs", "mail", "names",
    "privacy", "pulse", "trainers",
]  # fmt: skip
