"""Signing in and out: rows that count on the next request, tries that are counted, and a cookie that changes."""

import pytest

from score_web.accounts import services
from score_web.accounts.models import SignIn, Throttle
from score_web.accounts.services import throttle
from score_web.core import clock
from score_web.permissions import Role
from tests.client import Client
from tests.factories import PASSWORD, actor_of, add_membership, make_enterprise, make_institution, make_person

WRONG = "E-mail or password is wrong, or the account is not active. Check both, or choose a new password."


def try_in(client, email, password="wrong-password", status=422):
    client.get("/en/accounts/sign-in")
    return client.post("/en/accounts/sign-in", {"email": email, "password": password}, status=status)


@pytest.mark.both_engines
def test_the_right_password_opens_and_signing_out_closes(client, database):
    person = make_person()
    assert try_in(client, person.email.upper(), PASSWORD, 303).location == "/en/dashboard"
    client.get("/en/accounts/profile")
    assert client.post("/en/accounts/sign-out").location == "/en/"
    assert client.get("/en/accounts/profile", status=303).location == "/en/accounts/sign-in?next=/en/accounts/profile"
    assert database.session.query(SignIn).filter_by(ended_at=None).count() == 0


def test_wrong_unknown_suspended_inactive_and_closed_hear_the_same(client, database):
    now = clock.now()
    people = [
        make_person(),
        make_person(suspended_at=now),
        make_person(activated_at=None),
        make_person(closed_at=now),
        make_person(password_hash=""),
    ]
    pages = [try_in(client, people[0].email), try_in(client, "nobody@factory.example")]
    pages += [try_in(client, person.email, PASSWORD) for person in people[1:]]
    assert {WRONG in page.text for page in pages} == {True}
    assert pages[0].value("email") == people[0].email
    assert pages[0].value("password") == ""
    assert database.session.query(SignIn).count() == 0


def test_tries_that_turned_out_well_do_not_count(client, database):
    person = make_person()
    for _ in range(7):
        try_in(client, person.email, PASSWORD, 303)
    assert {row.tries for row in database.session.query(Throttle)} == {0}
    assert not any("@" in row.key for row in database.session.query(Throttle))


def test_the_cookie_changes_and_knows_nothing_of_before(client, database):
    client.get("/en/accounts/sign-in")
    before = client.http.get_cookie("score").value
    try_in(client, make_person().email, PASSWORD, 303)
    assert client.http.get_cookie("score").value != before
    client.http.set_cookie("score", before)
    client.get("/en/accounts/profile", status=303)


def test_next_is_followed_only_within_our_addresses(client, database):
    person = make_person()
    client.get("/en/accounts/sign-in")
    for target, led in [
        ("/zh/accounts/inbox?page=2", "/zh/accounts/inbox?page=2"),
        ("https://evil.example/", "/en/dashboard"),
        ("//evil.example", "/en/dashboard"),
    ]:
        page = client.post(f"/en/accounts/sign-in?next={target}", {"email": person.email, "password": PASSWORD})
        assert page.location == led
        client.token = None
        client.http = client.app.test_client()


def test_what_is_sent_without_a_sign_in_gets_the_sign_in_page(client, database):
    person = make_person()
    client.sign_in(person).get("/en/accounts/profile")
    services.end_sign_ins(person.id)
    page = client.post("/en/accounts/profile", {"name": "New name"}, status=401)
    assert "You are no longer signed in, so this is not saved yet." in page.text
    assert page.find_all("button", class_="switch")[0].get("formaction") == "/zh/accounts/sign-in?next=/en/accounts/profile"
    answer = client.post("/en/accounts/profile", {"name": "New name"}, status=401, headers={"Accept": "application/json"})
    assert answer.response.json == {"error": "You are no longer signed in. Please sign in again."}


@pytest.mark.both_engines
def test_suspension_removed_membership_and_closing_hold_on_the_next_request(client, database):
    institution, _head = make_institution()
    staff = make_person()
    row = add_membership(staff, institution, Role.PARTNER)
    client.sign_in(staff).get("/en/accounts/people")
    row.until = clock.now()
    client.get("/en/accounts/people", status=403)
    row.until = None
    client.get("/en/accounts/people")
    staff.suspended_at = clock.now()
    client.get("/en/accounts/people", status=303)
    staff.suspended_at, staff.closed_at = None, clock.now()
    client.get("/en/accounts/people", status=303)


@pytest.mark.both_engines
def test_devices_are_listed_and_can_be_signed_out_one_by_one_or_all(client, app, database):
    person, stranger = make_person(), make_person()
    phone, tablet, other = Client(app).sign_in(person), Client(app).sign_in(person), Client(app).sign_in(stranger)
    page = client.sign_in(person).get("/en/accounts/devices")
    assert page.text.count("Known since") == 3
    assert len(page.find_all("span", class_="on")) == 1
    rows = database.session.query(SignIn).filter_by(person_id=person.id).order_by(SignIn.id).all()
    client.post(f"/en/accounts/devices/{rows[0].id}/end")
    phone.get("/en/accounts/devices", status=303)
    tablet.get("/en/accounts/devices")
    other.post(f"/en/accounts/devices/{rows[1].id}/end", status=404)
    client.post("/en/accounts/devices/end-others")
    tablet.get("/en/accounts/devices", status=303)
    client.get("/en/accounts/devices")
    client.post("/en/accounts/devices/end-all")
    client.get("/en/accounts/devices", status=303)
    other.get("/en/accounts/devices")


def test_changing_the_password_asks_for_the_old_one_and_ends_other_devices(client, app, database):
    _, person = make_enterprise()
    phone = Client(app).sign_in(person)
    client.sign_in(person)
    refused = client.post("/en/accounts/password", {"current": "not-this-one", "password": "teapot-Ladder-rain-7"}, status=200)
    assert refused.errors == ["This is not your current password."]
    own = client.post("/en/accounts/password", {"current": PASSWORD, "password": f"{person.email.split('@')[0]}-2026"}, status=200)
    assert "part of your own details" in own.errors[0]
    assert (
        client.post("/en/accounts/password", {"current": PASSWORD, "password": "teapot-Ladder-rain-7"}).location == "/en/accounts/profile"
    )
    phone.get("/en/accounts/profile", status=303)
    client.get("/en/accounts/profile")
    try_in(Client(app), person.email, PASSWORD)
    try_in(Client(app), person.email, "teapot-Ladder-rain-7", 303)


@pytest.mark.both_engines
def test_hashes_are_renewed_when_their_cost_changes(client, app, database):
    person = make_person()
    before = person.password_hash
    app.config["ARGON2"] = {"memory_cost": 16, "time_cost": 2, "parallelism": 1}
    try_in(client, person.email, PASSWORD, 303)
    assert person.password_hash != before
    assert person.password_hash.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    try_in(Client(app), person.email, PASSWORD, 303)


def test_an_actor_has_the_union_of_the_roles(database):
    institution, head = make_institution(scope="33,3502")
    add_membership(head, institution, Role.TRAINER)
    actor = actor_of(head)
    assert {m.role for m in actor.memberships} == {Role.PARTNER, Role.TRAINER}
    assert actor.scopes == ("33", "3502")


@pytest.mark.parametrize("page", ["forgot", "register"])
def test_one_client_cannot_make_us_write_any_number_of_mails(client, database, page):
    for _ in range(200):
        throttle.count(throttle.MAIL_CLIENT, "127.0.0.1")
    typed = {"name": "Lin", "email": "lin@factory.example", "password": "teapot-Ladder-rain-7", "agreed": "y"}
    blocked = client.post(f"/en/accounts/{page}", typed, status=429)
    assert ("please wait 60 minutes" in blocked.text, blocked.value("email")) == (True, "lin@factory.example")
