"""The .ics file: one event that stays the same event through all changes."""

from datetime import date

from icalendar import Calendar

from score_web.booking import services
from score_web.core.db import db
from score_web.enrolment.queries import enrolment_of
from tests.booking.arrange import Scene, pass_time, stop_clock
from tests.client import Client
from tests.factories import actor_of


def fetch(client, booking, lang="en"):
    response = client.get(f"/{lang}/booking/{booking.id}/calendar.ics").response
    assert response.mimetype == "text/calendar"
    assert response.headers["Content-Disposition"] == f"attachment; filename=score-{booking.id}.ics"
    return response.data


def event_of(data: bytes):
    calendar = Calendar.from_ical(data)
    return str(calendar["METHOD"]), next(iter(calendar.walk("VEVENT")))


def test_the_uid_stays_the_sequence_rises_and_cancelling_takes_it_out(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    booking = scene.ask()
    client, seen = Client(app).sign_in(scene.head), []

    def look():
        method, event = event_of(fetch(client, booking))
        seen.append((method, int(event["SEQUENCE"]), str(event["STATUS"])))
        return event

    first = look()
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (date(2026, 3, 5), date(2026, 3, 7))
    scene.accept(booking)
    pass_time(monkeypatch, hours=1)
    second = look()
    services.cancel_booking(booking, reason="Fire", by=actor_of(scene.head))
    third = look()
    assert seen == [("REQUEST", 0, "TENTATIVE"), ("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, "CANCELLED")]
    assert first["UID"] == second["UID"] == third["UID"] == booking.uid
    assert first.decoded("DTSTAMP") < third.decoded("DTSTAMP")
    assert third["ATTENDEE"] == f"mailto:{scene.head.email}"


def test_a_lapsed_request_is_taken_out_too(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    booking = scene.ask(first=date(2026, 3, 10))
    client = Client(app).sign_in(scene.head)
    pass_time(monkeypatch, hours=72)
    client.sign_in(scene.head)
    method, event = event_of(fetch(client, booking))
    assert (method, str(event["STATUS"])) == ("CANCEL", "CANCELLED")


def test_long_chinese_names_are_folded_at_75_octets_and_come_back_whole(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    scene.enterprise.name_zh = "宁波甬禾示范电器有限公司第三分公司暨精密注塑与装配联合生产基地"
    booking = scene.ask()
    db.session.commit()
    data = fetch(Client(app).sign_in(scene.trainer), booking, "zh")
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    _, event = event_of(data)
    assert str(event["SUMMARY"]) == f"SCORE模块1：两天课堂培训，{scene.enterprise.name_zh}"
    assert b"DTSTART;VALUE=DATE:20260305\r\n" in data
    assert b"DTEND;VALUE=DATE:20260307\r\n" in data


def test_place_and_phones_stand_in_the_file_once_it_is_agreed(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    booking = scene.ask()
    booking.place, scene.trainer.phone = "望春路88号二楼", "139 0000 0009"
    applied = enrolment_of(scene.enterprise.id)
    applied.answers = applied.answers | {"contact_name": "孙志远", "contact_job": "副总经理", "contact_phone": "138 0000 0004"}
    head, trainer, partner = (Client(app).sign_in(who) for who in (scene.head, scene.trainer, scene.partner))
    _, asked = event_of(fetch(trainer, booking, "zh"))
    assert str(asked["LOCATION"]) == "望春路88号二楼"
    assert "138 0000 0004" not in asked["DESCRIPTION"]
    scene.accept(booking)
    assert "联系人：孙志远 副总经理 138 0000 0004" in event_of(fetch(trainer, booking, "zh"))[1]["DESCRIPTION"]
    assert f"Reach the trainer: 139 0000 0009 {scene.trainer.email}" in event_of(fetch(head, booking))[1]["DESCRIPTION"]
    assert "0000 000" not in event_of(fetch(partner, booking))[1]["DESCRIPTION"]
    booking.place = ""
    assert str(event_of(fetch(head, booking, "zh"))[1]["LOCATION"]) == "浙江省宁波市"


def test_strangers_get_nothing(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    booking = scene.ask()
    _, stranger = scene.another()
    Client(app).sign_in(stranger).get(f"/en/booking/{booking.id}/calendar.ics", status=404)
