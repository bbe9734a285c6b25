"""Who hears what about a self-assessment?"""

from score_web.accounts.models import Person
from score_web.accounts.queries import people_of
from score_web.assessment.models import AssessmentRound
from score_web.assessment.questionnaire import Theme
from score_web.core import mail
from score_web.permissions import Actor, Role


def tell_submitted(round_: AssessmentRound) -> None:
    """The responsible institution; a first one or a corrected one alike."""
    enterprise = round_.enterprise
    for person in people_of(enterprise.institution_id, Role.PARTNER) if enterprise.institution_id else ():
        path = f"/assessment/{round_.id}/results"
        mail.send("assessment/email_submitted.txt", to=person, path=path, round=round_, enterprise=enterprise)


def tell_reopened(round_: AssessmentRound, *, reason: str, by: Actor) -> None:
    for person in people_of(round_.enterprise_id, Role.ENTERPRISE):
        mail.send("assessment/email_reopened.txt", to=person, path="/assessment/", round=round_, reason=reason, by=by)


def tell_verified(round_: AssessmentRound, *, by: Actor) -> None:
    """Once per self-assessment; what a trainer adds or changes later stands on the same page."""
    for person in people_of(round_.enterprise_id, Role.ENTERPRISE):
        mail.send("assessment/email_verified.txt", to=person, path=f"/assessment/{round_.id}/results", round=round_, by=by)


def tell_given(round_: AssessmentRound, themes: list[Theme], *, to: Person, by: Actor) -> None:
    path = f"/assessment/{round_.id}/{themes[0].letter}"
    mail.send("assessment/email_given.txt", to=to, path=path, round=round_, themes=themes, by=by)
