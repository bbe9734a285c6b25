"""Lost answers: what is sent while nobody is signed in travels through the sign-in page and comes back, and stores nothing by itself."""

import io
from urllib.parse import quote

import pytest
from wtforms import PasswordField

from score_web.accounts import services as accounts
from score_web.assessment import queries as assessment
from score_web.core import held
from score_web.core.db import db
from score_web.core.forms import BaseForm
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from tests.client import Client
from tests.factories import make_enterprise, make_institution, make_person

PASSWORD = "correct-horse-9"
TYPED = {"name": "New name", "phone": "13800000000", "language": "en"}


@pytest.fixture
def person(database):
    return make_person("Wang Fang")


@pytest.fixture
def client(app, person):
    """Somebody whose session ended while a page was open."""
    client = Client(app).sign_in(person)
    client.get("/en/accounts/profile")
    accounts.end_sign_ins(person.id)
    return client


def sign_in(client, page, email, password=PASSWORD, status=307, lang="en"):
    """The sign-in form of the page as a browser sends it."""
    form = page.find_all("form", id="page-form")[0]
    data = {"email": email, "password": password} | ({held.FIELD: page.value(held.FIELD)} if page.value(held.FIELD) else {})
    return client.post(form.get("action").replace("/en/", f"/{lang}/", 1), data, status=status)


def arrive(client, page, led, status=200):
    """A browser follows a 307 with the very form it has just sent: e-mail, password, old token and all."""
    form = {"email": "x@example.com", "password": PASSWORD, "csrf_token": "of the sign-in", held.FIELD: page.value(held.FIELD)}
    return client.post(led if isinstance(led, str) else led.location, form, status=status)


def test_what_was_typed_comes_back_unsaved_and_is_stored_on_save(client, person):
    page = client.post("/en/accounts/profile", TYPED, status=401)
    assert "not saved yet" in page.text
    led = sign_in(client, page, person.email)
    assert led.location == "/en/accounts/profile"
    page = arrive(client, page, led)
    assert (page.value("name"), page.value("phone")) == ("New name", "13800000000")
    assert "What you typed is here but not saved yet" in page.text
    db.session.refresh(person)
    assert person.name == "Wang Fang"
    client.post("/en/accounts/profile", TYPED)
    db.session.refresh(person)
    assert person.name == "New name"


def test_wrong_password_and_language_switch_keep_what_was_typed(client, person):
    page = client.post("/en/accounts/profile", TYPED, status=401)
    again = sign_in(client, page, person.email, "wrong-wrong-1", status=422)
    assert again.value(held.FIELD) == page.value(held.FIELD)
    switched = client.post(f"/zh/accounts/sign-in?next={quote('/en/accounts/profile')}",
                           {held.FIELD: again.value(held.FIELD), "switch_language": "1"}, status=200)
    assert switched.value(held.FIELD) == page.value(held.FIELD)
    led = sign_in(client, switched, person.email, lang="zh")
    assert led.location == "/zh/accounts/profile"
    assert arrive(client, page, led).value("name") == "New name"


def test_a_second_tab_that_signed_in_first_may_go_on(client, person):
    page = client.post("/en/accounts/profile", TYPED, status=401)
    stale = client.token
    client.post("/en/accounts/sign-in", {"email": person.email, "password": PASSWORD})
    client.token = stale
    again = sign_in(client, page, person.email, status=400)
    assert "You are signed in as Wang Fang by now." in again.text
    go_on = next(form for form in again.find_all("form") if form.get("action") == "/en/accounts/profile")
    assert arrive(client, again, go_on.get("action")).value("name") == "New name"


def test_an_enrolment_step_travels_too(app, database):
    enterprise, manager = make_enterprise(state=EnrolmentState.DRAFT, institution=make_institution()[0])
    database.session.commit()
    row = enrolment_of(enterprise.id)
    path, before = f"/en/enrolment/{row.id}/step/1", dict(row.answers)
    client = Client(app).sign_in(manager)
    accounts.end_sign_ins(manager.id)
    page = client.post(path, {"name_zh": "新名字有限公司", "do": "later"}, status=401)
    page = arrive(client, page, sign_in(client, page, manager.email))
    assert page.value("name_zh") == "新名字有限公司"
    database.session.expire_all()
    assert enrolment_of(enterprise.id).answers == before


def test_a_button_is_not_pressed_by_signing_in(app, database):
    enterprise, manager = make_enterprise(institution=make_institution()[0])
    database.session.commit()
    client = Client(app).sign_in(manager)
    accounts.end_sign_ins(manager.id)
    page = client.post("/en/assessment/modules/1/start", {}, status=401)
    led = sign_in(client, page, manager.email)
    page = client.follow(arrive(client, page, led, status=303))
    assert "The last step was not carried out" in page.text
    assert page.h1 == "Self-assessment"
    assert assessment.rounds_of(enterprise.id) == []


def test_a_held_form_of_somebody_elses_record_is_dropped(app, database):
    enterprise, manager = make_enterprise(state=EnrolmentState.DRAFT, institution=make_institution()[0])
    stranger = make_person()
    database.session.commit()
    path = f"/en/enrolment/{enrolment_of(enterprise.id).id}/step/1"
    client = Client(app).sign_in(manager)
    accounts.end_sign_ins(manager.id)
    page = client.post(path, {"name_zh": "新名字有限公司"}, status=401)
    page = client.follow(arrive(client, page, sign_in(client, page, stranger.email), status=303))
    assert "It was not saved and has been dropped." in page.text
    assert "新名字" not in page.text


def test_passwords_tokens_and_files_never_travel(client, app):
    form = {"email": "new@example.com", "password": "secret-secret-1", "new_password": "s2", "csrf_token": "t", "phone": "1",
            "photo": (io.BytesIO(b"pixels"), "photo.jpg")}
    page = client.post("/en/accounts/email", form, status=401)
    assert "Files must be chosen again." in page.text
    assert "secret-secret-1" not in page.html
    with app.app_context():
        travels = held.unpack(page.value(held.FIELD))
    assert travels == held.Held((("email", "new@example.com"), ("phone", "1")), files=True)


def test_every_password_field_has_a_name_that_stays_behind(app):
    forms = [BaseForm]
    for form in forms:
        forms.extend(form.__subclasses__())
    names = {name for form in forms for name, field in vars(form).items() if getattr(field, "field_class", None) is PasswordField}
    assert names
    assert all(held.NEVER.search(name) for name in names)


def test_more_than_200_kilobytes_is_said_plainly(client, person):
    fits = client.post("/en/accounts/profile", TYPED | {"name": "字" * 68_000}, status=401)
    assert arrive(client, fits, sign_in(client, fits, person.email)).value("name") == "字" * 68_000
    accounts.end_sign_ins(person.id)
    page = client.post("/en/accounts/profile", TYPED | {"name": "字" * 69_000}, status=401)
    assert "longer than 200 KB" in page.text
    assert page.value(held.FIELD) is None
    assert sign_in(client, page, person.email, status=303).location == "/en/accounts/profile"


@pytest.mark.parametrize("bad", ["", "forged", "WyJ4Il0.forged"])
def test_a_forged_blob_or_address_leads_nowhere_else(client, person, bad):
    client.get("/en/accounts/sign-in")
    for target in ("https://evil.example/x", "//evil.example"):
        led = client.post(f"/en/accounts/sign-in?next={quote(target)}", {"email": person.email, "password": PASSWORD, held.FIELD: bad})
        assert led.location == "/en/dashboard"
        client.token = None
    page = client.post("/en/accounts/profile", TYPED | {held.FIELD: bad}, status=200)
    assert page.value("name") == "Wang Fang"
    assert client.get("/en/accounts/profile").value("name") == "Wang Fang"


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"}, {"Origin": "http://localhost.evil.example"}, {"Origin": "null"}, {"Origin": "http://["},
]
OURS = [
    {}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Sec-Fetch-Site": "none"},
    {"Origin": "https://score.example.org"}, {"Origin": "http://localhost:8080"},
]


@pytest.mark.parametrize("sent_by", FOREIGN, ids=str)
def test_what_another_site_sends_is_refused_and_never_shown_as_typed(client, person, sent_by):
    own = client.post("/en/accounts/profile", TYPED, status=401, headers={"Origin": "http://localhost"}).value(held.FIELD)
    sends = (("/en/accounts/profile", TYPED), ("/en/accounts/profile", {held.FIELD: own}),
             ("/en/accounts/sign-in?next=/en/accounts/profile", {held.FIELD: own, "switch_language": "1"}))
    for path, form in sends:
        assert "New name" not in client.post(path, form, status=400, headers=sent_by).html
    client.sign_in(person)
    for path, form in (*sends, ("/en/accounts/profile", TYPED | {"csrf_token": "stale"})):
        assert "New name" not in client.post(path, form, status=400, headers=sent_by).html
    db.session.refresh(person)
    assert person.name == "Wang Fang"


@pytest.mark.parametrize("sent_by", OURS, ids=str)
def test_what_our_own_pages_send_is_stored_whatever_stands_before_us(app, client, person, sent_by):
    """A web view names no origin; a proxy may pass on another host or none of the port."""
    app.config["BASE_URL"] = "https://score.example.org/"
    client.sign_in(person)
    assert client.post("/en/accounts/profile", TYPED | {"csrf_token": "stale"}, status=400, headers=sent_by).value("name") == "New name"
    client.post("/en/accounts/profile", TYPED, headers=sent_by)
    db.session.refresh(person)
    assert person.name == "New name"
