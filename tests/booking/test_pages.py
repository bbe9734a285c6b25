"""The pages of bookings as enterprise, trainer and partner meet them."""

import pytest

from score_web.booking import services
from score_web.booking.models import Booking
from score_web.booking.states import BookingKind, BookingState
from score_web.core.db import db
from score_web.enrolment.queries import enrolment_of
from tests.booking.arrange import FIRST, Scene, pass_time, stop_clock
from tests.client import Client
from tests.factories import actor_of, make_enterprise, make_trainer

NEW = "/en/booking/new?module=1"


@pytest.fixture
def scene(database, monkeypatch):
    stop_clock(monkeypatch)
    return Scene()


@pytest.fixture
def enterprise(app, scene):
    return Client(app).sign_in(scene.head)


@pytest.fixture
def trainer(app, scene):
    return Client(app).sign_in(scene.trainer)


def test_from_the_gate_to_the_confirmed_class(app, scene, enterprise, trainer):
    page = enterprise.get(NEW)
    assert page.h1 == "Book a trainer: module 1"
    assert "Everything is in place" in page.text
    keys = [box.get("value") for box in page.find_all("input", name="offer")]
    assert keys[:2] == [f"{scene.trainer.id}-0-2026-03-05", f"{scene.trainer.id}-0-2026-03-09"]
    sent = enterprise.post(NEW, {"offer": keys[0], "message": "We are 20 & ready"})
    assert "Your request is on its way." in enterprise.follow(sent).text
    asked = trainer.get(sent.location)
    assert asked.h1 == f"{scene.enterprise.name_en} asks for a two-day class"
    seen = "You are free on all days asked for", "You see them once you have accepted.", "Your days in that week"
    for words in ("We are 20 & ready", *seen):
        assert words in asked.text
    accepted = trainer.post(f"{sent.location}/accept", {"note": "Bring the log"})
    after = trainer.follow(accepted)
    assert "Accepted. The days are yours" in after.text
    assert "/en/assessment/rounds/1/results" in after.links() or "See the self-assessment" in after.text
    for client in (enterprise, Client(app).sign_in(scene.partner)):
        shown = client.get(sent.location)
        assert "Confirmed" in shown.text
        assert "Bring the log" in shown.text
    assert "Booked" in trainer.get("/en/trainers/days").text


def test_once_accepted_each_side_finds_the_other_and_the_place(app, scene, enterprise, trainer):
    applied = enrolment_of(scene.enterprise.id)
    contact = {"contact_name": "孙志远", "contact_job": "副总经理", "contact_phone": "138 0000 0004"}
    applied.answers = applied.answers | contact
    scene.trainer.phone = "139 0000 0009"
    place = "望春路88号二楼会议室"
    sent = enterprise.post(NEW, {"offer": scene.offers()[0].key, "place": place})
    asked = trainer.get(sent.location)
    assert place in asked.text
    assert "138 0000 0004" not in asked.text
    assert scene.trainer.email not in enterprise.get(sent.location).text
    trainer.post(f"{sent.location}/accept", {})
    for words in (place, "孙志远", "副总经理", "138 0000 0004", scene.head.email):
        assert words in trainer.get(sent.location.replace("/en/", "/zh/")).text
    shown = enterprise.get(sent.location.replace("/en/", "/zh/")).text
    for words in (place, "联系方式", "139 0000 0009", scene.trainer.email):
        assert words in shown


def test_the_gate_names_what_is_missing_and_where_to_go(app, scene):
    _, head = make_enterprise(institution=scene.institution, state=None, division_code="")
    page = Client(app).sign_in(head).get("/en/booking/new?module=2")
    assert "What is still missing" in page.text
    for words in ("Your enrolment is not approved yet", "Your first self-assessment of module 2 is not submitted yet",
                  "Module 1 comes first: you have no confirmed module 1 class yet"):
        assert words in page.text
    assert "serves your province" not in page.text
    assert "/en/booking/new?module=1" in page.links()
    assert page.find_all("input", name="offer") == []


def test_nothing_chosen_is_said_beside_the_field_and_the_message_stays(enterprise):
    page = enterprise.post(NEW, {"message": "Typed 文字"}, status=200)
    assert page.errors == ["Choose the days that suit you."]
    assert page.value("message") == "Typed 文字"


@pytest.mark.parametrize("offer", ["", "x", "1-0-2026-03-07", "999999-0-2026-03-05", "1-0-9999-99-99", "😀", "'; DROP TABLE booking"])
def test_offers_nobody_made_are_refused_beside_the_field(enterprise, offer):
    page = enterprise.post(NEW, {"offer": offer}, status=200)
    assert len(page.errors) == 1
    assert db.session.scalars(db.select(Booking)).all() == []


def test_too_long_and_control_characters(enterprise, scene):
    key = scene.offers()[0].key
    assert enterprise.post(NEW, {"offer": key, "message": "x" * 1001}, status=200).errors == ["At most 1000 characters."]
    assert enterprise.post(NEW, {"offer": key, "place": "x" * 201}, status=200).errors == ["At most 200 characters."]
    assert db.session.scalars(db.select(Booking)).all() == []
    enterprise.post(NEW, {"offer": key, "message": " a\x00b\u200b 😀\r\nc "})
    assert db.session.scalars(db.select(Booking.message)).all() == ["ab\u200b 😀\nc"]


@pytest.mark.parametrize("module", ["0", "6", "x", "-1", "99999999999999999999"])
def test_modules_that_do_not_exist(enterprise, module):
    status = 200 if module == "x" else 404
    enterprise.get(f"/en/booking/new?module={module}", status=status)


def test_the_same_form_sent_twice_makes_one_request(enterprise, scene):
    data = {"offer": scene.offers()[0].key}
    enterprise.post(NEW, data)
    again = enterprise.post(NEW, data, status=200)
    assert "You have already asked for a class in module 1" in again.text
    assert len(db.session.scalars(db.select(Booking)).all()) == 1


def test_another_request_for_the_same_days_is_a_warning_not_a_wall(app, scene):
    scene.ask()
    _, head = scene.another()
    page = Client(app).sign_in(head).get(NEW)
    assert page.text.count("Another enterprise has asked for these days") == 1


def test_without_a_csrf_token_nothing_happens_and_the_words_stay(scene, trainer):
    booking = scene.ask()
    page = trainer.post(f"/en/booking/{booking.id}/decline", {"reason": "No time", "csrf_token": "wrong"}, status=400)
    assert page.value("reason") == "No time"
    assert booking.state is BookingState.REQUESTED


def test_declining_without_a_reason_comes_back_with_a_sentence(scene, trainer):
    booking = scene.ask()
    page = trainer.post(f"/en/booking/{booking.id}/decline", {"note": "Kept", "reason": "  "}, status=409)
    assert "Please write the reason: the other side will read it." in page.text
    assert page.value("note") == "Kept"
    done = trainer.post(f"/en/booking/{booking.id}/decline", {"reason": "Abroad"})
    assert "Declined. The enterprise has been told why." in trainer.follow(done).text


def test_what_cannot_be_accepted_is_said_and_declining_is_the_way(app, scene, trainer):
    booking = scene.ask()
    saved = trainer.post("/zh/trainers/days", {"was": "", "off": [str(FIRST)]})
    warned = trainer.follow(saved)
    assert "约了3月5日 周四，还在等您答复" in warned.text
    assert f"/zh/booking/{booking.id}" in warned.links()
    page = trainer.get(f"/zh/booking/{booking.id}")
    assert "现在不能接受" in page.text
    assert page.value("reason") == "这几天我已经没有空了。"
    assert "接受课堂培训" not in page.text
    assert "/zh/trainers/days" in page.links()
    late = trainer.post(f"/en/booking/{booking.id}/accept", {"note": "Kept"}, status=409)
    assert (late.value("note"), late.value("reason")) == ("Kept", "I am no longer free on these days.")
    trainer.post(f"/zh/booking/{booking.id}/decline", {"reason": page.value("reason")})
    assert booking.state is BookingState.DECLINED


def test_who_gave_the_class_is_offered_first_for_the_visits(app, scene, enterprise, monkeypatch):
    make_trainer(scene.institution)
    _, known = make_trainer(scene.institution)
    offer = next(o for o in scene.offers() if (o.lead_id, o.days[0]) == (known.id, FIRST))
    by = actor_of(scene.head)
    booking = services.request_booking(scene.enterprise, module=1, kind=BookingKind.CLASS, offer=offer, message="", by=by)
    db.session.flush()
    services.accept_booking(booking, note="", by=actor_of(known))
    shown = enterprise.get(f"/zh/booking/{booking.id}")
    assert shown.h1 == f"3月5日至6日：模块1课堂培训，培训师{known.name}"
    assert "请选派两名管理人员和两名员工" in shown.text
    pass_time(monkeypatch, days=8)
    page = enterprise.sign_in(scene.head).get("/zh/booking/new?module=1")
    names = [page.text_of(h) for h in page.find_all("h2") if page.text_of(h).startswith("Trainer")]
    assert names[0] == known.name
    assert len(names) == 3
    assert page.text.count("上次的培训师") == 1


def test_the_language_switch_keeps_what_was_typed_and_stores_nothing(scene, trainer):
    booking = scene.ask()
    for path in (f"/zh/booking/{booking.id}", f"/zh/booking/{booking.id}/accept"):
        page = trainer.post(path, {"note": "Half a sent", "switch_language": "1"}, status=200)
        assert page.value("note") == "Half a sent"
    assert booking.state is BookingState.REQUESTED


def test_only_the_lead_trainer_answers_and_strangers_find_nothing(app, scene, enterprise):
    booking = scene.ask()
    _, other = make_trainer(scene.institution)
    _, rival = scene.another()
    for person in (other, rival):
        client = Client(app).sign_in(person)
        for path in ("", "/accept", "/decline", "/cancel", "/complete", "/calendar.ics"):
            client.get(f"/en/booking/{booking.id}{path}", status=404)
    for step in ("accept", "decline", "complete"):
        enterprise.post(f"/en/booking/{booking.id}/{step}", {"reason": "x"}, status=404)
    assert booking.state is BookingState.REQUESTED


def test_everybody_concerned_may_cancel_with_a_reason(app, scene, enterprise):
    booking = scene.accept(scene.ask())
    partner = Client(app).sign_in(scene.partner)
    assert partner.post(f"/en/booking/{booking.id}/cancel", {"reason": ""}, status=409).text.count("Please write the reason") == 1
    partner.post(f"/en/booking/{booking.id}/cancel", {"reason": "Storm"})
    page = enterprise.get(f"/en/booking/{booking.id}")
    assert "“Storm”" in page.text
    assert "See free days" in page.text
    late = enterprise.post(f"/en/booking/{booking.id}/cancel", {"reason": "Me too"}, status=409)
    assert "This has changed in the meantime." in late.text


def test_lists_put_requests_first(app, scene, monkeypatch):
    rival = scene.another()
    coming = scene.accept(scene.ask())
    request = scene.ask(*rival, first=coming.first_day.replace(day=9))
    client = Client(app).sign_in(scene.trainer)
    ours = {f"/en/booking/{number}" for number in (coming.id, request.id)}
    found = [link for link in client.get("/en/booking/").links() if link in ours]
    assert found == [f"/en/booking/{request.id}", f"/en/booking/{coming.id}"]
    pass_time(monkeypatch, days=8)
    page = client.sign_in(scene.trainer).get("/en/booking/")
    assert "Not answered in time" in page.text
    assert "No request is waiting." in page.text
    done = client.post(f"/en/booking/{coming.id}/complete", {})
    assert "Marked as completed." in client.follow(done).text


def test_both_languages_show_both_pages(scene, enterprise, trainer):
    booking = scene.ask()
    assert trainer.get(f"/zh/booking/{booking.id}").h1 == f"{scene.enterprise.name_zh}申请两天课堂培训"
    assert enterprise.get("/zh/booking/new?module=1").h1 == "预约培训师：模块1"
    assert enterprise.get("/zh/booking/").h1 == "预约"
