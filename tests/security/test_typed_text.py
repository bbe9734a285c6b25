"""What people type is shown as they typed it: never as markup, in whatever page, file or answer to a script it comes out."""

import pytest

from score_web.accounts.queries import actor_of
from score_web.assessment import services
from score_web.assessment.answering import Change, Reply
from score_web.core.db import db
from score_web.enrolment.states import EnrolmentState
from tests.factories import make_enterprise, make_institution

EVIL = "<img src=x onerror=alert(1)>\"'&100% {7*7} </script>"


@pytest.fixture
def world(database):
    institution, partner = make_institution(EVIL[:60])
    enterprise, head = make_enterprise(EVIL[:60], institution=institution, state=EnrolmentState.APPROVED)
    head.name = EVIL
    made = services.start_round(enterprise_id=enterprise.id, module=1, by=actor_of(head))
    db.session.flush()
    return enterprise, head, partner, made


def test_notes_and_reasons_are_text_on_every_page(client, world):
    _enterprise, head, _partner, made = world
    services.save_answers(made, (Change("M1-A1", Reply("2", "", EVIL), 0), Change("M1-A2", Reply("na", EVIL, ""), 0)), by=actor_of(head))
    client.sign_in(head)
    for page in (
        client.get(f"/en/assessment/{made.id}/A"),
        client.get(f"/en/assessment/{made.id}/check"),
        client.get("/zh/dashboard"),
        client.get("/en/accounts/profile"),
    ):
        assert page.find_all("img", src="x") == [], page.path
    assert EVIL in client.get(f"/en/assessment/{made.id}/check").text
    assert client.get(f"/en/assessment/{made.id}/A").value("M1-A1.note") == EVIL


def test_answers_to_a_script_hold_no_markup_of_theirs(client, world):
    _enterprise, head, _partner, made = world
    client.sign_in(head)
    seal = client.get(f"/en/assessment/{made.id}/A").value("M1-A1.seal")
    page = client.post(
        f"/en/assessment/{made.id}/A",
        {"M1-A1": "1", "M1-A1.note": EVIL, "M1-A1.seal": seal},
        status=200,
        headers={"Accept": "application/json"},
    )
    told = page.response.get_json()
    assert told["answers"]["M1-A1"]["note"] == EVIL
    assert "<img" not in page.html and not any("<img" in html for html in told["html"].values())
