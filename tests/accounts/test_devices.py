"""Devices: a new one is told of, each change of what lets somebody in ends the others, and sign-ins end by themselves."""

from datetime import timedelta

import pytest

from score_web.accounts import services
from score_web.accounts.models import Device, Link, SignIn, Throttle
from score_web.accounts.services import throttle
from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.permissions import Role
from tests.accounts.test_registering import links_in, path_of
from tests.client import Client
from tests.factories import PASSWORD, actor_of, add_membership, make_enterprise, make_person

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"}


def told(person) -> list[Message]:
    return db.session.query(Message).filter_by(person_id=person.id, subject_en="Sign-in on a new device").all()


def sign_in_on(app, person, headers=None, client=None) -> Client:
    client = client or Client(app)
    client.token = None
    client.get("/en/accounts/sign-in")
    client.post("/en/accounts/sign-in", {"email": person.email, "password": PASSWORD}, headers=headers)
    client.token = None
    return client


@pytest.mark.both_engines
def test_a_new_device_is_told_of_but_never_the_very_first(app, database):
    person = make_person()
    desk = sign_in_on(app, person)
    assert told(person) == []
    desk.post("/en/accounts/sign-out")
    sign_in_on(app, person, client=desk)
    assert told(person) == [], "the same browser is known"
    sign_in_on(app, person, PHONE)
    assert "Device: WeChat · Android" in told(person)[0].body_en
    assert "北京时间" in told(person)[0].body_zh
    assert database.session.query(Device).filter_by(person_id=person.id).count() == 2


def test_two_people_at_one_browser_are_each_at_their_own_first_device(app, database):
    first, second = make_person(), make_person()
    client = sign_in_on(app, first)
    client.post("/en/accounts/sign-out")
    sign_in_on(app, second, client=client)
    assert (told(first), told(second)) == ([], [])


def test_the_key_of_a_device_is_for_the_server_alone_and_stored_as_a_hash(app, database):
    client = sign_in_on(app, make_person())
    cookie = client.http.get_cookie("device")
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert database.session.query(Device).one().key_hash != cookie.value


def test_one_device_is_signed_in_once(client, database):
    person = make_person()
    for _ in range(3):
        sign_in_on(client.app, person, client=client)
    assert database.session.query(SignIn).filter_by(ended_at=None).count() == 1


def change_password(client, person):
    client.post("/en/accounts/password", {"current": PASSWORD, "password": "teapot-Ladder-rain-7"})


def change_address(client, person):
    page = client.follow(client.post("/en/accounts/email", {"email": "new@factory.example", "current": PASSWORD}))
    for href in links_in(page):
        client.post(path_of(href))


def become_head_elsewhere(client, person):
    other, head = make_enterprise()
    token = services.invite(
        email=person.email, role=Role.ENTERPRISE, by=actor_of(head), language="en", organisation=other, inviter=other, head=True
    )
    client.post(f"/en/accounts/invitation/{token}")


def leave(client, person):
    enterprise, _head = make_enterprise()
    row = add_membership(person, enterprise, Role.ENTERPRISE)
    client.post(f"/en/accounts/memberships/{row.id}/end")


@pytest.mark.both_engines
@pytest.mark.parametrize("change", [change_password, change_address, become_head_elsewhere, leave])
def test_what_lets_somebody_in_changes_then_this_device_gets_a_new_key_and_the_others_are_out(client, app, database, change):
    _, person = make_enterprise()
    phone = Client(app).sign_in(person)
    client.sign_in(person).get("/en/accounts/profile")
    before = client.http.get_cookie("score").value
    change(client, person)
    client.get("/en/accounts/profile")
    phone.get("/en/accounts/profile", status=303)
    client.http.set_cookie("score", before)
    client.get("/en/accounts/profile", status=303)


def test_who_is_made_head_or_removed_by_others_signs_in_again(client, app, database):
    enterprise, head = make_enterprise()
    client.sign_in(head)
    for step in ("head", "end"):
        colleague = make_person()
        row = add_membership(colleague, enterprise, Role.ENTERPRISE)
        theirs = Client(app).sign_in(colleague)
        client.post(f"/en/accounts/memberships/{row.id}/{step}")
        theirs.get("/en/accounts/profile", status=303)
        client.get("/en/accounts/profile")


@pytest.mark.both_engines
def test_a_sign_in_ends_after_thirty_days_however_busy_and_says_so_the_day_before(client, database):
    start = clock.now()
    with clock.at(start):
        client.sign_in(make_person())
    for hour in range(6, 30 * 24, 6):
        with clock.at(start + timedelta(hours=hour)):
            page = client.get("/en/accounts/inbox")
            assert ("You will be signed out at" in page.text) == (hour > 29 * 24), hour
    with clock.at(start + timedelta(days=30, seconds=1)):
        client.get("/en/accounts/inbox", status=303)


def test_who_opens_no_page_for_twelve_hours_is_signed_out_and_was_told_so(client, database):
    start = clock.now()
    with clock.at(start):
        client.sign_in(make_person())
    end = clock.in_china(start + timedelta(hours=12)).strftime("%H:%M")
    assert f"signed out if you open no page until {end}" in client.get("/en/accounts/inbox").text
    with clock.at(start + timedelta(hours=12, minutes=1)):
        client.get("/en/accounts/inbox", status=303)


def test_the_page_tells_on_which_day_a_device_was_last_used(client, database):
    person = make_person()
    start = clock.now()
    client.sign_in(person)
    with clock.at(start + timedelta(hours=11)):
        client.post("/en/accounts/inbox/read")
    with clock.at(start + timedelta(hours=22)):
        client.post("/en/accounts/inbox/read")
        row = database.session.query(SignIn).one()
        assert (row.seen_on, row.seen_on > row.created_at.date()) == (clock.today(), True)
        assert "Signed in" in client.get("/en/accounts/devices").text


@pytest.mark.both_engines
def test_what_ran_out_long_ago_is_forgotten(app, database):
    person = make_person()
    sign_in_on(app, person)
    services.ask_reset(person.email, language="en")
    throttle.count(throttle.SIGN_IN_ADDRESS, person.email)
    db.session.commit()
    for days, left in [(0, [1, 1, 1, 3]), (1, [1, 1, 1, 0]), (31, [1, 1, 0, 0]), (91, [0, 1, 0, 0]), (401, [0, 0, 0, 0])]:
        with clock.at(clock.now() + timedelta(days=days, minutes=1)):
            assert "old sign-ins" in jobs.run_due()
        assert [db.session.query(model).count() for model in (SignIn, Device, Link, Throttle)] == left, days
        db.session.execute(db.delete(jobs.JobState))
        db.session.commit()
