"""Signing in in two steps: a code is taken once, nothing leads past the second step."""

import re
from datetime import timedelta

import pyotp
import pytest

from score_web.accounts import services
from score_web.accounts.devices import Visitor
from score_web.accounts.models import RecoveryCode, SecondFactor, SignIn, Throttle
from score_web.accounts.queries import COMING_AND_GOING, person_by_id
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.permissions import Role
from tests.accounts.test_races import MANY, all_at_once
from tests.accounts.two_steps import NOON, code_at, first_step, later, second_step, two_steps
from tests.client import Client
from tests.factories import PASSWORD, actor_of, add_membership, make_enterprise, make_institution, make_person


def test_setting_it_up_asks_for_a_code_and_the_password_and_keeps_no_secret(client, app, database):
    person = make_person()
    phone = Client(app).sign_in(person)
    page = client.sign_in(person).get("/en/accounts/second-factor")
    key = page.text_of(page.find_all("p", class_="code")[0]).replace(" ", "")
    assert f"secret={key}" in next(href for href in page.links() if href.startswith("otpauth:"))
    assert 'class="qr"' in page.html
    right = {"code": pyotp.TOTP(key).at(clock.now()), "current": PASSWORD}
    assert client.post("/en/accounts/second-factor", right | {"code": "000000"}, status=200).errors
    refused = client.post("/en/accounts/second-factor", right | {"current": "wrong"}, status=200)
    assert refused.errors == ["This is not your current password."]
    before = client.http.get_cookie("score").value
    shown = client.follow(client.post("/en/accounts/second-factor", right))
    made = re.findall(r"\d{4} \d{4} \d{4}", shown.text)
    assert len(set(made)) == 10
    assert made[0] in client.get("/en/accounts/second-factor/codes?file=1").html
    assert "10 recovery codes left" in client.get("/en/accounts/second-factor").text
    stored = db.session.query(SecondFactor).one()
    assert key not in f"{stored.salt} {before}"
    assert not {row.code_hash for row in db.session.query(RecoveryCode)} & {code.replace(" ", "") for code in made}
    phone.get("/en/accounts/profile", status=303)
    client.http.set_cookie("score", before)
    client.get("/en/accounts/profile", status=303)


def test_the_codes_are_shown_for_ten_minutes(client, database):
    person = make_person()
    with later(0):
        page = client.sign_in(person).get("/en/accounts/second-factor")
        key = page.text_of(page.find_all("p", class_="code")[0]).replace(" ", "")
        client.post("/en/accounts/second-factor", {"code": pyotp.TOTP(key).at(NOON), "current": PASSWORD})
    with later(9):
        client.get("/zh/accounts/second-factor/codes")
    with later(11):
        client.get("/en/accounts/second-factor/codes", status=303)


@pytest.mark.both_engines
def test_the_password_alone_no_longer_opens_and_each_code_is_taken_once(client, app, database):
    person = make_person()
    two_steps(person)
    with later(0):
        led = first_step(client, person, "/en/accounts/sign-in?next=/en/accounts/inbox")
        assert led.location == "/en/accounts/sign-in/code?next=/en/accounts/inbox"
        client.get("/en/accounts/inbox", status=303)
        client.follow(led)
        assert second_step(client, "12345", 200).errors == ["A code has 6 digits, a recovery code 12."]
        assert "This code is wrong" in second_step(client, code_at(NOON - timedelta(minutes=3)), 422).errors[0]
        assert second_step(client, code_at(), address=led.location).location == "/en/accounts/inbox"
        client.get("/en/accounts/inbox")
        other = Client(app)
        other.follow(first_step(other, person))
        second_step(other, code_at(), 422)
        second_step(other, code_at(NOON - timedelta(seconds=30)), 422)
        second_step(other, code_at(NOON + timedelta(seconds=30)), 303)


def test_between_the_steps_ten_minutes_may_pass_and_the_password_must_stay_the_same(client, database):
    person = make_person()
    two_steps(person)
    with later(0):
        client.follow(first_step(client, person))
    with later(10.1):
        late = second_step(client, code_at(clock.now()))
        assert late.location == "/en/accounts/sign-in"
        assert "That took too long" in client.follow(late).text
        client.follow(first_step(client, person))
        person.password_hash = services.hasher().hash("teapot-Ladder-rain-7")
        assert second_step(client, code_at(clock.now())).location == "/en/accounts/sign-in"
    assert db.session.query(SignIn).count() == 0


def test_a_reset_link_does_not_lead_past_the_second_step(client, database):
    person = make_person()
    two_steps(person)
    token = services.link_to_hand_over(person, by=actor_of(_overseer(person)))
    led = client.post(f"/en/accounts/reset/{token}", {"password": "teapot-Ladder-rain-7"})
    assert led.location == "/en/accounts/sign-in/code"
    client.get("/en/accounts/profile", status=303)


def _overseer(person):
    institution, head = make_institution()
    add_membership(person, institution, Role.TRAINER)
    return head


def test_codes_are_throttled_like_passwords(client, database):
    person = make_person()
    two_steps(person)
    with later(0):
        client.follow(first_step(client, person))
        for _ in range(5):
            second_step(client, "000000", 422)
        assert "wait 1 minute" in second_step(client, code_at(), 429).errors[0]
    with later(1.1):
        second_step(client, code_at(clock.now()))
        assert db.session.query(Throttle).filter(Throttle.key.like("code-%")).count() == 0


def test_an_invitation_is_accepted_only_by_who_has_done_both_steps(client, app, database):
    institution, _ = make_institution()
    person = make_person()
    two_steps(person)
    token = services.invite(email=person.email, role=Role.PARTNER, by=None, language="en", organisation=institution, inviter=institution)
    db.session.commit()
    path = f"/en/accounts/invitation/{token}"
    with later(0):
        client.get(path)
        led = client.post(path, {"name": "Wang", "password": PASSWORD, "agreed": "y"})
        assert led.location == f"/en/accounts/sign-in/code?next={path}"
        assert actor_of(person).memberships == ()
        client.follow(led)
        page = client.follow(second_step(client, code_at(), address=led.location))
        assert (page.h1, actor_of(person).memberships) == ("You are invited", ())
        client.post(path)
    assert [m.organisation_id for m in actor_of(person).memberships] == [institution.id]


def test_what_was_typed_without_a_session_comes_through_both_steps(client, database):
    _, person = make_enterprise()
    two_steps(person)
    with later(0):
        client.get("/en/accounts/sign-in")
        page = client.post("/en/accounts/profile", {"name": "Typed before", "phone": "", "language": "en"}, status=401)
        held = page.value("held_fields")
        page = first_step(client, person, "/en/accounts/sign-in?next=/en/accounts/profile", held_fields=held)
        assert (page.status, page.h1) == (200, "Code from your app")
        switch = page.find_all("button", class_="switch")[0].get("formaction")
        assert switch == "/zh/accounts/sign-in/code?next=/en/accounts/profile"
        page = second_step(client, "123", 200, switch, held_fields=held, switch_language="1")
        assert page.value("held_fields") == held
        address = switch.replace("/zh/", "/en/", 1)
        page = second_step(client, "000000", 422, address, held_fields=page.value("held_fields"))
        page = second_step(client, code_at(), 307, address, held_fields=page.value("held_fields"))
        assert page.location == "/en/accounts/profile"
        assert client.post(page.location, {"held_fields": held}, status=200).value("name") == "Typed before"


def test_turning_it_off_asks_for_password_and_code_and_ends_other_devices(client, app, database):
    person = make_person()
    made = two_steps(person)
    with later(0):
        phone = Client(app)
        for device, code in ((phone, made[0]), (client, made[1])):
            device.follow(first_step(device, person))
            second_step(device, code)
        off = {"code": code_at(), "current": PASSWORD}
        assert len(client.post("/en/accounts/second-factor/off", off | {"current": "wrong"}, status=200).errors) == 1
        assert len(client.post("/en/accounts/second-factor/off", off | {"code": "000000"}, status=200).errors) == 1
        client.post("/en/accounts/second-factor/off", off)
        client.get("/en/accounts/profile")
        phone.get("/en/accounts/profile", status=303)
        assert first_step(Client(app), person).location == "/en/dashboard"
    assert db.session.query(RecoveryCode).count() == 0


def test_whose_role_needs_it_is_led_there_and_can_do_nothing_else(client, app, database):
    _, partner = make_institution()
    _, enterprise = make_enterprise()
    client.sign_in(partner).get("/en/accounts/people")
    app.config["SECOND_FACTOR"] = frozenset({"partner"})
    Client(app).sign_in(enterprise).get("/en/dashboard")
    led = client.get("/en/accounts/people?q=x", status=303)
    assert led.location == "/en/accounts/second-factor?next=/en/accounts/people?q%3Dx"
    for path in ("/en/dashboard", "/en/accounts/password", "/en/accounts/people/1"):
        assert client.get(path, status=303).location.startswith("/en/accounts/second-factor")
    assert client.post("/en/accounts/inbox/read").location == "/en/accounts/second-factor"
    assert client.post("/en/accounts/inbox/read", status=403, headers={"Accept": "application/json"}).response.json["error"]
    client.get("/en/help")
    page = client.follow(led)
    assert "Your role decides about others" in page.text
    key = page.text_of(page.find_all("p", class_="code")[0]).replace(" ", "")
    done = client.post(led.location, {"code": pyotp.TOTP(key).at(clock.now()), "current": PASSWORD})
    assert "/en/accounts/people?q=x" in client.follow(done).links()
    client.get("/en/accounts/people")
    app.config["SECOND_FACTOR"] = frozenset({"enterprise"})
    client.post("/en/accounts/sign-out")


def test_a_lost_second_step_is_removed_by_the_institution_with_a_reason(client, app, database):
    person = make_person()
    head = _overseer(person)
    made = two_steps(person)
    theirs = Client(app)
    theirs.follow(first_step(theirs, person))
    second_step(theirs, made[0])
    _, stranger = make_institution(scope="50")
    path = f"/en/accounts/people/{person.id}/second-factor"
    Client(app).sign_in(stranger).post(path, {"reason": "x"}, status=404)
    assert path in client.sign_in(head).get(f"/en/accounts/people/{person.id}").links()
    assert client.post(path, {"reason": ""}, status=200).errors
    client.post(path, {"reason": "Phone lost, called back"})
    theirs.get("/en/accounts/profile", status=303)
    assert first_step(Client(app), person).location == "/en/dashboard"
    event = audit.history(person, without=COMING_AND_GOING)[0]
    assert (event.action, event.by_name, event.reason) == ("person.factor_removed", head.name, "Phone lost, called back")
    told = db.session.query(Message).filter_by(person_id=person.id).order_by(Message.id.desc())
    assert "Phone lost, called back" in next(m.body_en for m in told if m.subject_en == "Your second step was removed")
    assert "off already" in client.post(path, {"reason": "again"}, status=409).text


def test_the_operator_can_help_whom_nobody_oversees(app, database):
    person = make_person()
    two_steps(person)
    run = app.test_cli_runner().invoke(args=["accounts", "remove-second-factor", "--email", person.email])
    assert (run.exit_code, run.output) == (0, "done\n"), run.output
    assert db.session.query(SecondFactor).count() == 0


@pytest.mark.both_engines
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_who_use_one_code_at_once_exactly_one_is_let_in(app, database, kind):
    person = make_person()
    number, recovery = person.id, two_steps(person)
    code = recovery[0] if kind == "recovery" else code_at(clock.now())
    db.session.query(SecondFactor).update({"last_step": 0})
    db.session.commit()

    def use(n):
        return services.use_code(person_by_id(number), code, visitor=Visitor(key=f"browser {n}"))[0]

    assert all_at_once(app, *[lambda n=n: use(n) for n in range(MANY // 2)]).count(True) == 1
