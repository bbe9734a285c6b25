"""Registering, activating, and forgotten passwords: whoever asks hears the same; links work once."""

import re
from datetime import timedelta

import pytest

from score_web.accounts.consents import DOCUMENTS
from score_web.accounts.models import Consent, Link, MembershipRow, Organisation, Person
from score_web.accounts.queries import actor_of, person_by_email
from score_web.core import clock
from score_web.core.mail import Message
from tests.factories import make_enterprise, make_person

GOOD = {"name": "Lin Mei", "email": "lin@factory.example", "password": "teapot-Ladder-rain-7", "agreed": "y"}


def links_in(page) -> list[str]:
    return [href for href in page.links() if re.search(r"/accounts/(activate|reset|confirm-email|invitation)/", href)]


def path_of(href: str) -> str:
    return "/" + href.split("/", 3)[3]


def test_registering_sends_a_link_that_activates_and_signs_in(client, database):
    sent = client.post("/en/accounts/register", GOOD)
    assert sent.location == "/en/accounts/check-mail"
    page = client.follow(sent)
    assert page.h1 == "We have sent a link"
    assert "Demo: this mail would have gone to lin@factory.example" in page.text
    person = person_by_email("lin@factory.example")
    assert (person.activated_at, person.password_hash, actor_of(person)) == (None, "", None)
    assert database.session.query(Organisation).count() == 0

    path = path_of(links_in(page)[0])
    shown = client.get(path)
    assert "Hello Lin Mei" in shown.text
    assert person_by_email("lin@factory.example").activated_at is None, "looking at the link uses nothing up"
    assert client.post(path).location == "/en/dashboard"

    person = person_by_email("lin@factory.example")
    row = database.session.query(MembershipRow).one()
    assert (person.name, person.language, row.head, row.role, row.organisation.kind) == ("Lin Mei", "en", True, "enterprise", "enterprise")
    consents = {(c.document, c.version) for c in database.session.query(Consent).filter_by(person_id=person.id)}
    assert consents == set(DOCUMENTS.items())
    assert client.get("/en/accounts/profile").h1 == "My account"
    assert client.get(path, status=410).h1 == "This link no longer works"


def test_a_known_address_gets_the_same_answer_and_another_mail(client, database):
    make_person(email="lin@factory.example", name="Somebody else")
    known = client.post("/en/accounts/register", GOOD)
    client.post("/en/accounts/register", GOOD | {"email": "new@factory.example"})
    assert known.location == "/en/accounts/check-mail"
    subjects = {m.address: m.subject_en for m in database.session.query(Message)}
    assert subjects == {"lin@factory.example": "You already have an account", "new@factory.example": "Activate your SCORE Web account"}
    assert person_by_email("lin@factory.example").name == "Somebody else"


def test_an_address_is_the_same_in_capitals_and_full_width(client, database):
    client.post("/en/accounts/register", GOOD | {"email": " ＬＩＮ＠Factory.Example "})
    assert person_by_email("lin@factory.example") is not None


def test_who_registered_somebody_elses_address_first_decides_nothing(client, database):
    client.post("/en/accounts/register", GOOD | {"name": "Thief", "password": "stolen-Candle-fog-42"})
    client.post("/en/accounts/register", GOOD)
    page = client.get("/en/accounts/check-mail")
    client.post(path_of(links_in(page)[0]))
    assert person_by_email("lin@factory.example").name == "Lin Mei"
    assert database.session.query(Link).filter_by(purpose="activate", used_at=None).count() == 0, "the thief's link died with it"
    client.get("/en/accounts/sign-in")
    client.post("/en/accounts/sign-in", {"email": GOOD["email"], "password": "stolen-Candle-fog-42"}, status=422)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "lin.factory"}, "This is no e-mail address. It looks like name@company.com."),
        ({"email": "a" * 300 + "@b.cn"}, "At most 254 characters."),
        ({"name": ""}, "Type your name."),
        ({"name": "x" * 101}, "At most 100 characters."),
        ({"password": "short"}, "Use at least 10 characters; this password has 5. A short sentence is easy to remember."),
        ({"password": "woaini1314"}, "“woaini” is used by many people and guessed first. Add two more words that do not belong together."),
        ({"agreed": ""}, "Please agree to the privacy notice and the terms: without them we may not keep your data."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client, database, wrong, sentence):
    page = client.post("/en/accounts/register", {k: v for k, v in (GOOD | wrong).items() if v or k != "agreed"}, status=200)
    assert page.errors == [sentence]
    assert page.value("email") == (GOOD | wrong)["email"]
    assert database.session.query(Person).count() == 0


def test_switching_the_language_keeps_what_was_typed_and_sends_nothing(client, database):
    client.get("/en/accounts/register")
    page = client.post("/zh/accounts/register", {"name": "林美", "email": "lin@", "switch_language": "1"}, status=200)
    assert (page.value("name"), page.value("email"), page.errors) == ("林美", "lin@", [])


def test_a_forgotten_password_is_reset_once_and_ends_other_sign_ins(client, database, app):
    _, person = make_enterprise()
    from tests.client import Client

    phone = Client(app).sign_in(person)
    page = client.follow(client.post("/en/accounts/forgot", {"email": person.email}))
    assert page.h1 == "We have sent a mail"
    path = path_of(links_in(page)[0])
    assert client.get(path).h1 == "Set a new password"
    weak = client.post(path, {"password": "1234567890"}, status=200)
    assert len(weak.errors) == 1
    assert client.post(path, {"password": "teapot-Ladder-rain-7"}).location == "/en/dashboard"
    assert client.get("/en/accounts/profile").h1 == "My account"
    assert phone.get("/en/accounts/profile", status=303).location == "/en/accounts/sign-in?next=/en/accounts/profile"
    assert client.post(path, {"password": "teapot-Ladder-rain-8"}, status=410).h1 == "This link no longer works"
    assert Client(app).sign_in(person, "teapot-Ladder-rain-7")


def test_an_unknown_address_hears_the_same_when_it_forgot(client, database):
    make_person(email="known@factory.example")
    pages = [client.post("/en/accounts/forgot", {"email": f"{who}@factory.example"}) for who in ("known", "unknown")]
    assert pages[0].location == pages[1].location
    subjects = {m.address: m.subject_en for m in database.session.query(Message)}
    assert subjects == {"known@factory.example": "Choose a new password", "unknown@factory.example": "This address has no active account"}


def test_links_run_out(client, database):
    person = make_person()
    page = client.follow(client.post("/en/accounts/forgot", {"email": person.email}))
    link = database.session.query(Link).one()
    assert link.expires_at - link.created_at == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=5))
    assert len(link.token_hash) == 64
    assert link.token_hash not in page.html
    link.expires_at = clock.now() - timedelta(seconds=1)
    assert client.get(path_of(links_in(page)[0]), status=410).h1 == "This link no longer works"


def test_outside_of_demo_mode_no_mail_is_shown(client, app):
    app.config["DEMO"] = False
    page = client.follow(client.post("/en/accounts/register", GOOD))
    assert links_in(page) == []
    assert page.h1 == "We have sent a link"


def test_at_most_five_mails_an_hour_go_to_one_address(client, database):
    for _ in range(7):
        assert client.post("/en/accounts/forgot", {"email": "busy@factory.example"}).location == "/en/accounts/forgot/sent"
    assert database.session.query(Message).count() == 5


@pytest.mark.parametrize("address", ["=?utf-8?b??=@example.com", "=?utf-8?q?somebody?=@example.com", "a=?b@example.com"])
def test_what_mail_programs_read_as_another_address_is_none(client, database, address):
    page = client.post("/en/accounts/forgot", {"email": address}, status=200)
    assert page.errors == ["This is no e-mail address. It looks like name@company.com."]
    assert database.session.query(Message).count() == 0
