"""Who hears what about a self-assessment?"""

from score_web.accounts.queries import people_of
from score_web.assessment.models import AssessmentRound
from score_web.core import mail
from score_web.permissions import Actor, Role


def tell_reopened(round_: AssessmentRound, *, reason: str, by: Actor) -> None:
    for person in people_of(round_.enterprise_id, Role.ENTERPRISE):
        mail.send("assessment/email_reopened.txt", to=person, path="/assessment/", round=round_, reason=reason, by=by)
