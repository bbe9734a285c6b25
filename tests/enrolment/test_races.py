"""Many people press the same button at the same moment: exactly one succeeds, the others hear why."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from score_web.core.audit import history
from score_web.core.db import db
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from tests.client import Client
from tests.enrolment.people import PEOPLE, begun, submitted
from tests.factories import make_institution

pytestmark = pytest.mark.both_engines
THREADS = 30


def all_at_once(app, person, path: str, data: list[dict]) -> list:
    """One sign-in, many requests that start together."""
    client = Client(app).sign_in(person)
    token, cookie = client.get(path).csrf(), client.http.get_cookie("score").value
    gate = Barrier(len(data))

    def press(typed):
        http = app.test_client()
        http.set_cookie("score", cookie)
        gate.wait()
        return http.post(path, data=typed | {"csrf_token": token})

    with ThreadPoolExecutor(len(data)) as pool:
        return list(pool.map(press, data))


def test_deciding(app):
    with app.app_context():
        partner = make_institution()[1]
        enrolment, _ = submitted()
        version, number, email = enrolment.version, enrolment.id, partner.email
    decisions = [
        {
            "approve": {"decision": "approve", "reason": f"理由{n}"},
            "reject": {"decision": "reject", "reason": f"理由{n}"},
            "return": {"decision": "return", "reason": f"理由{n}", "remark_women": "核对"},
        }[("approve", "reject", "return")[n % 3]]
        | {"version": version}
        for n in range(THREADS)
    ]
    answers = all_at_once(app, email, f"/en/enrolment/{number}/review", decisions)
    assert sorted(a.status_code for a in answers) == [303] + [409] * (THREADS - 1)
    for n, answer in enumerate(answers):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 303 or (("Nothing was sent" in page or "has just changed" in page) and f"理由{n}" in page), n
    with app.app_context():
        won = next(n for n, a in enumerate(answers) if a.status_code == 303)
        enrolment = db.session.get(Enrolment, number)
        assert enrolment.state is {0: EnrolmentState.APPROVED, 1: EnrolmentState.REJECTED, 2: EnrolmentState.RETURNED}[won % 3]
        assert [event.reason for event in history(enrolment)] == [f"理由{won}", ""]


def test_saving(app):
    with app.app_context():
        enrolment, person = begun()
        version, number, email = enrolment.version, enrolment.id, person.email
    typed = [PEOPLE | {"contact_name": f"联系人{n}", "version": version, "do": "later"} for n in range(THREADS)]
    answers = all_at_once(app, email, f"/en/enrolment/{number}/step/2", typed)
    assert sorted(a.status_code for a in answers) == [303] + [409] * (THREADS - 1)
    won = next(n for n, a in enumerate(answers) if a.status_code == 303)
    with app.app_context():
        assert db.session.get(Enrolment, number).answers["contact_name"] == f"联系人{won}"
    lost = next(n for n, a in enumerate(answers) if a.status_code == 409)
    page = answers[lost].get_data(as_text=True)
    assert f'value="联系人{lost}"' in page and f"Contact person: 联系人{won}" in page


def test_submitting(app):
    with app.app_context():
        make_institution()
        enrolment, person = begun()
        version, number, email = enrolment.version, enrolment.id, person.email
    answers = all_at_once(app, email, f"/en/enrolment/{number}/check", [{"version": version, "pledge": "y", "consent": "y"}] * THREADS)
    assert sorted(a.status_code for a in answers) == [303] + [409] * (THREADS - 1)


def test_approving_two_with_the_same_code(app):
    with app.app_context():
        partner = make_institution()[1]
        pair = [submitted()[0] for _ in range(2)]
        known = [(one.id, one.version) for one in pair]
        email = partner.email
    client = Client(app).sign_in(email)
    token, cookie = client.get(f"/en/enrolment/{known[0][0]}/review").csrf(), client.http.get_cookie("score").value
    gate = Barrier(THREADS)

    def press(n):
        number, version = known[n % 2]
        http = app.test_client()
        http.set_cookie("score", cookie)
        gate.wait()
        return http.post(
            f"/en/enrolment/{number}/review",
            data={"decision": "approve", "reason": "looked at both", "version": version, "csrf_token": token},
        ).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        assert sorted(pool.map(press, range(THREADS))) == [303] + [409] * (THREADS - 1)
    with app.app_context():
        assert sorted(db.session.get(Enrolment, number).state.value for number, _ in known) == ["approved", "submitted"]
