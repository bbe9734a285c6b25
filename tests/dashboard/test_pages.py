"""The dashboard of every role opens in both languages and says what the facts say."""

import pytest

from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.core import clock
from score_web.demo.cli import PASSWORD, SIGN_INS
from tests.client import Client
from tests.factories import make_enterprise, make_institution

HEADLINES = {
    "enterprise@example.com": "Module 1: time to book a trainer",
    "enterprise2@example.com": "Module 1: finish the self-assessment",
    "enterprise3@example.com": "Module 1: start the self-assessment",
    "new@example.com": "Finish your enrolment",
    "trainer@example.com": "1 thing waits for you",
    "trainer2@example.com": "Nothing waits for you",
    "trainer3@example.com": "Nothing waits for you",
    "partner@example.com": "1 thing waits for you",
    "partner2@example.com": "1 thing waits for you",
    "national@example.com": "Nothing waits for you",
}


def test_the_headline_is_what_waits(demo_app):
    found = {}
    for email, _who in SIGN_INS:
        client = Client(demo_app).sign_in(email, PASSWORD)
        found[email] = client.get("/en/dashboard").h1
        client.get("/zh/dashboard")
    assert found == HEADLINES


@pytest.mark.both_engines
def test_a_result_without_ratings_is_a_dash(client, database):
    institution, _ = make_institution()
    enterprise, person = make_enterprise(institution=institution)
    now = clock.now()
    database.session.add(
        AssessmentRound(
            enterprise_id=enterprise.id,
            module=1,
            number=1,
            edition="2026",
            state=RoundState.SUBMITTED,
            submitted_at=now,
            first_submitted_at=now,
        )
    )
    page = client.sign_in(person).get("/en/dashboard")
    assert [page.text_of(e) for e in page.find_all("span", class_="big")] == ["–"]


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client):
    page = client.get("/zh/dashboard", status=303)
    assert page.location == "/zh/accounts/sign-in?next=/zh/dashboard"
