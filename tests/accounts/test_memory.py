"""Does the log hold who came and went, and how often a password did not fit, without telling whose address was typed?"""

from sqlalchemy import select

from score_web.core.audit import AuditEvent
from tests.client import Client
from tests.factories import make_person

WRONG = {"email": "nobody@example.com", "password": "tiger-tiger-1"}


def test_coming_and_going_and_failing(app, database):
    person = make_person()
    client = Client(app).sign_in(person)
    client.post("/en/accounts/sign-out")
    client.token = None
    client.get("/en/accounts/sign-in")
    client.post("/en/accounts/sign-in", WRONG, status=422)
    client.post("/en/accounts/sign-in", WRONG | {"email": person.email}, status=422)
    rows = database.session.execute(select(AuditEvent.action, AuditEvent.record_id, AuditEvent.by_id, AuditEvent.data)).all()
    assert rows == [
        ("person.signed_in", person.id, person.id, {}),
        ("person.signed_out", person.id, person.id, {}),
        ("person.sign_in_failed", 0, None, {}),
        ("person.sign_in_failed", person.id, None, {}),
    ]
