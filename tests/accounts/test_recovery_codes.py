"""Recovery codes help once each, are told of, and can be made anew."""


import pytest

from score_web.accounts.queries import COMING_AND_GOING
from score_web.core import audit
from score_web.core.db import db
from score_web.core.mail import Message
from tests.accounts.two_steps import first_step, later, second_step, two_steps
from tests.client import Client
from tests.factories import make_person


@pytest.mark.both_engines
def test_a_recovery_code_helps_once_and_is_told_of(client, app, database):
    person = make_person()
    made = two_steps(person)
    with later(0):
        client.follow(first_step(client, person))
        second_step(client, f"{made[0][:4]}-{made[0][4:8]}-{made[0][8:]}")
        assert "9 recovery codes left" in client.get("/en/accounts/second-factor").text
        other = Client(app)
        other.follow(first_step(other, person))
        second_step(other, made[0], 422)
        second_step(other, made[1], 303)
    subjects = [m.subject_en for m in db.session.query(Message).filter_by(person_id=person.id)]
    assert subjects.count("A recovery code was used") == 2
    happened = [event.action for event in audit.history(person, without=COMING_AND_GOING)]
    assert happened == ["person.recovery_used", "person.recovery_used", "person.factor_set"]


def test_recovery_codes_can_be_made_anew_with_a_code(client, database):
    person = make_person()
    made = two_steps(person)
    with later(0):
        client.follow(first_step(client, person))
        second_step(client, made[0])
        client.post("/en/accounts/second-factor/renew", {"code": "000000"}, status=200)
        client.post("/en/accounts/second-factor/renew", {"code": made[1]})
        assert "10 recovery codes left" in client.get("/en/accounts/second-factor").text
        client.post("/en/accounts/second-factor/renew", {"code": made[2]}, status=200)
