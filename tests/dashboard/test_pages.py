"""The dashboard of every role opens in both languages and says what the facts say."""

import pytest

from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.booking.services import cancel_booking
from score_web.core import clock
from score_web.demo.cli import PASSWORD, SIGN_INS
from tests.booking.arrange import Scene, pass_time, stop_clock
from tests.client import Client
from tests.factories import actor_of, make_enterprise, make_institution

HEADLINES = {
    "enterprise@example.com": "Module 1: time to book a trainer",
    "enterprise2@example.com": "Module 1: finish the self-assessment",
    "enterprise3@example.com": "Module 1: start the self-assessment",
    "new@example.com": "Start your enrolment",
    "trainer@example.com": "1 thing is waiting for you",
    "trainer2@example.com": "Nothing is waiting for you",
    "trainer3@example.com": "Nothing is waiting for you",
    "partner@example.com": "3 things are waiting for you",
    "partner2@example.com": "1 thing is waiting for you",
    "national@example.com": "Nothing is waiting for you",
}


def test_the_headline_is_what_waits(demo_app):
    found = {}
    for email, _who in SIGN_INS:
        client = Client(demo_app).sign_in(email, PASSWORD)
        found[email] = client.get("/en/dashboard").h1
        client.get("/zh/dashboard")
    assert found == HEADLINES
    page = Client(demo_app).sign_in("enterprise4@example.com", PASSWORD).get("/zh/dashboard")
    for words in ("其他进行中的模块", "模块1：", "模块5：申请已发给培训师"):
        assert words in page.text
    over = Client(demo_app).sign_in("new@example.com", PASSWORD).get("/zh/dashboard").find_all("p", class_="over")
    assert not page.text_of(over[0]).rstrip().endswith("·")


@pytest.mark.parametrize("who", ["trainer", "partner", "head"])
def test_a_no_is_the_next_thing_the_enterprise_reads(client, database, monkeypatch, who):
    stop_clock(monkeypatch)
    scene = Scene()
    booking = scene.accept(scene.ask())
    pass_time(monkeypatch, hours=1)
    cancel_booking(booking, reason="外地授课。", by=actor_of(getattr(scene, who)))
    page = client.sign_in(scene.head).get("/zh/dashboard")
    told = {
        "trainer": f"{scene.trainer.name}3月5日 周四来不了（外地授课）。请另选日期。",
        "partner": "取消了3月5日 周四的安排（外地授课）",
        "head": "该预约培训师了",
    }
    assert told[who] in page.text


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
