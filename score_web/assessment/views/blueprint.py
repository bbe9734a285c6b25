"""The two blueprints that the pages of this feature hang on, and what several of them ask."""

from flask import Blueprint

from score_web.access import current_actor
from score_web.assessment.models import AssessmentRound
from score_web.core.web import keep_what_all_see
from score_web.permissions import Permission, permitted

assessment = Blueprint("assessment", __name__, url_prefix="/<any(zh,en):lang>/assessment")
modules = Blueprint("modules", __name__, url_prefix="/<any(zh,en):lang>/modules")
modules.after_request(keep_what_all_see)


def is_own(round_: AssessmentRound) -> bool:
    return permitted(Permission.ROUND_FILL, current_actor(), round_)
