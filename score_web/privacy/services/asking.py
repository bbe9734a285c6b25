"""A wish that somebody cannot carry out alone, and the institution's answer."""

from score_web.accounts.queries import people_of, person_by_id
from score_web.core import audit, clock, mail
from score_web.core.audit import take_step
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor, Role
from score_web.privacy.models import DataRequest
from score_web.privacy.queries import requests_of, responsible_for
from score_web.privacy.states import REQUEST, RequestState

MOST_OPEN = 5


def ask(text: str, *, by: Actor) -> DataRequest:
    """The responsible institution is told. Raises Refused while too many wait."""
    person = person_by_id(by.person_id, lock=True)
    if sum(one.state is RequestState.OPEN for one in requests_of(person.id)) >= MOST_OPEN:
        raise Refused(N_("%(n)s of your requests wait for an answer. Please wait for it, or call the institution."), n=MOST_OPEN)
    request = DataRequest(person_id=person.id, institution_id=responsible_for(person), text=text)
    db.session.add(request)
    audit.record("data_request.asked", request, by=by)
    for colleague in people_of(request.institution_id, Role.PARTNER) if request.institution_id else ():
        mail.send("privacy/email_asked.txt", to=colleague, path=f"/privacy/requests/{request.id}")
    return request


def answer_request(request: DataRequest, answer: str, *, by: Actor) -> None:
    take_step(request, REQUEST, "answer", by=by)
    request.answer, request.answered_at, request.answered_by_id = answer, clock.now(), by.person_id
    mail.send("privacy/email_answered.txt", to=request.person, path="/privacy/correct")
