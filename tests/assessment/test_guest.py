"""Trying module 1 without an account: nothing that says who, gone after a day, and taken over once by who registers."""

from datetime import timedelta

import pytest

from score_web.accounts.queries import person_by_email
from score_web.assessment import queries, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AssessmentRound, GuestDraft
from score_web.assessment.questionnaire import module
from score_web.assessment.services import guest
from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.enrolment import queries as enrolments
from tests.accounts.test_registering import GOOD, links_in, path_of
from tests.assessment.filling import form_of, make_filling
from tests.client import Client
from tests.factories import actor_of, make_enterprise, make_institution

START = "/en/assessment/try/"
LATER = pytest.mark.parametrize(("hours", "there"), [(23.9, True), (24.1, False)])


def fill(client: Client, choice: str = "2", themes: str = "ABCDE") -> None:
    """As a browser without script does it: open each theme, choose, save."""
    for letter in themes:
        page = client.get(START + letter)
        client.post(START + letter, form_of(page) | {s.id: choice for s in module(1).theme(letter).statements})


def drafts() -> list[GuestDraft]:
    return list(db.session.scalars(db.select(GuestDraft)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_the_home_page_to_a_result_without_an_account(client, database, lang):
    start = f"/{lang}/assessment/try/"
    assert start in client.get(f"/{lang}/").links()
    assert start in client.get(f"/{lang}/modules/1").links()
    assert start + "A" in client.get(start).links()
    fill(client)
    page = client.get(f"{start}results")
    assert "67%" in page.text
    assert page.html.count('<svg class="chart"') == 1
    assert f"/{lang}/accounts/register" in page.links()
    assert [e.get("action") for e in page.find_all("form")] == [f"{start}delete"]


def test_nothing_is_stored_before_the_first_answer(client, database):
    page = client.get(START + "A")
    saved = client.post(START + "A", form_of(page))
    assert (saved.location, drafts(), client.http.get_cookie("guest")) == (START + "B", [], None)
    client.post(START + "A", form_of(page) | {"M1-A1": "3", "switch_language": "1"}, status=200)
    client.post(START + "A", form_of(page) | {"M1-A1": "3", "csrf_token": "forged"}, status=400)
    assert drafts() == []
    saved = client.post(START + "A", form_of(page) | {"M1-A1": "3"})
    cookie = saved.response.headers.getlist("Set-Cookie")[0]
    assert all(word in cookie for word in ("guest=", "HttpOnly", "SameSite=Lax", "Max-Age=86400"))
    assert drafts()[0].key_hash not in cookie


def test_a_row_says_nothing_about_who_it_was(client, database):
    fill(client, themes="A")
    said = drafts()[0].answers["M1-A1"]
    assert set(said) == {"choice", "reason", "note", "at"}
    known = {"id", "key_hash", "module", "edition", "answers", "person_id", "created_at", "expires_at"}
    assert {column.name for column in GuestDraft.__table__.columns} == known
    assert drafts()[0].person_id is None


def test_saying_it_does_not_apply_needs_a_reason_here_too(client, database):
    page = client.get(START + "A")
    saved = client.post(START + "A", form_of(page) | {"M1-A1": "na", "M1-A2": "1"})
    assert saved.location == START + "A#M1-A1"
    page = client.get(START + "A")
    assert "Please say why it does not apply" in page.errors[0]
    page = client.post(START + "A", form_of(page) | {"M1-A1.reason": "x" * 501, "M1-A1.note": "A <b>note</b>"}, status=422)
    assert (page.value("M1-A1.note"), len(page.value("M1-A1.reason"))) == ("A <b>note</b>", 501)
    client.post(START + "A", form_of(page) | {"M1-A1.reason": "We have no shifts", "M1-A1.note": "A <b>note</b>"})
    assert "Reason: We have no shifts" in client.get(START + "check").text


def test_an_old_page_brings_no_old_answer_back(client, database):
    old = form_of(client.get(START + "A"))
    fill(client, "3", "A")
    client.post(START + "A", old)
    assert {said["choice"] for said in drafts()[0].answers.values()} == {"3"}


def test_too_few_answers_make_no_result(client, database):
    fill(client, themes="AB")
    page = client.follow(client.get(START + "results", status=302))
    assert "Answer at least 20 of the 24 statements" in page.text
    assert START + "C#M1-C1" in page.links()


@LATER
def test_it_is_kept_for_a_day(client, database, hours, there):
    fill(client, themes="A")
    with clock.at(clock.now() + timedelta(hours=hours)):
        page = client.get(START + "A")
        jobs.run_due()
        assert page.value("M1-A1") == ("2" if there else None)
        assert ("no longer here" in page.text) is not there
        assert len(drafts()) == there


def test_it_can_be_deleted_at_once(client, database):
    fill(client, themes="A")
    page = client.follow(client.post(START + "delete"))
    assert "Your trial is deleted." in page.text
    assert (drafts(), client.http.get_cookie("guest")) == ([], None)


def test_nobody_opens_the_trial_of_another_browser(app, client, database):
    fill(client, themes="A")
    other = Client(app)
    assert other.get(START + "A").value("M1-A1") is None
    other.http.set_cookie("guest", "guessed")
    assert other.get(START + "A").value("M1-A1") is None


def test_what_waits_for_an_account_opens_with_no_mere_key(client, database):
    """Who began a trial and had it brought along to somebody's account, or sits at the same device later, reads and changes nothing."""
    fill(client, themes="A")
    manager = make_enterprise(institution=make_institution()[0])[1]
    guest.keep_for(manager.id, drafts()[0].key_hash)
    page = client.get(START + "A")
    assert page.value("M1-A1") is None
    assert "waits in somebody’s account" in page.text
    client.post(START + "A", form_of(page) | {"M1-A1": "0"})
    kept, fresh = drafts()
    assert (kept.answers["M1-A1"]["choice"], kept.person_id, fresh.person_id) == ("2", manager.id, None)


def test_one_address_begins_only_so_many(client, database, monkeypatch):
    monkeypatch.setattr(guest, "BEGIN", guest.throttle.Limit("guest-draft", 2, 60))
    for number in range(3):
        client.http.delete_cookie("guest")
        page = client.get(START + "A")
        page = client.post(START + "A", form_of(page) | {"M1-A1": "3"}, status=409 if number == 2 else 303)
    assert page.value("M1-A1") == "3"
    assert "Too many trials begin at this place" in page.text
    assert len(drafts()) == 2


def test_who_registers_finds_it_on_another_device_weeks_later(app, client, database, monkeypatch):
    """From the trial to the self-assessment: register, open the mail elsewhere, enrol, begin with these answers."""
    fill(client)
    assert "Register and keep this" in client.get(START + "results").text
    assert "In this browser you tried module 1" in client.get("/en/accounts/register").text
    mail = client.follow(client.post("/en/accounts/register", GOOD))
    phone = Client(app)
    phone.post(path_of(links_in(mail)[0]))
    person = person_by_email(GOOD["email"])
    assert drafts()[0].person_id == person.id
    with clock.at(clock.now() + timedelta(days=30)):
        phone.sign_in(person, GOOD["password"])
        assert "Once your enrolment is submitted your self-assessment can begin with them" in phone.get("/en/assessment/").text
        phone.post(START + "take-over")
        assert db.session.scalar(db.select(AssessmentRound)) is None
        jobs.run_due()
        assert len(drafts()) == 1, "the limit of a day no longer holds"
        monkeypatch.setattr(enrolments, "may_assess", lambda _enterprise_id: True)
        assert "Your trial of module 1 waits for you" in phone.get("/en/assessment/").text
        page = phone.follow(phone.post(START + "take-over"))
        assert (page.value("M1-A1"), page.text.count("from the trial"), drafts()) == ("2", 4, [])


def test_a_link_that_is_never_opened_keeps_nothing(client, database):
    fill(client, themes="A")
    client.post("/en/accounts/register", GOOD)
    with clock.at(clock.now() + timedelta(hours=47)):
        jobs.run_due()
        assert len(drafts()) == 1
    with clock.at(clock.now() + timedelta(hours=49)):
        guest.forget_expired()
        assert drafts() == []


def test_the_hub_offers_what_this_browser_tried(app, client, database):
    enterprise, manager = make_enterprise(institution=make_institution()[0])
    fill(client)
    key = client.http.get_cookie("guest").value
    mine = Client(app).sign_in(manager)
    assert "without an account" not in mine.get("/en/assessment/").text
    mine.http.set_cookie("guest", key)
    assert "Somebody tried module 1 on this device without an account" in mine.get("/en/assessment/").text
    mine.post(START + "keep")
    assert drafts()[0].person_id == manager.id
    page = mine.follow(mine.post(START + "take-over"))
    assert "begins with the answers of your trial" in page.text
    assert page.value("M1-A1") == "2"
    assert drafts() == []
    round_ = queries.open_round(enterprise.id, 1)
    assert all(stored.at < round_.started_at for stored in queries.answers_of(round_.id).values()), "nobody has looked at them again"
    mine.post(START + "take-over", status=404)


@pytest.fixture
def draft(database):
    made, _key = guest.begin_trial(client="")
    guest.save_trial(made, (Change("M1-A1", Reply("3", note="From the trial"), 0), Change("M1-A2", Reply("na", "No shifts"), 0)))
    db.session.commit()
    return made


@pytest.mark.both_engines
def test_the_answers_are_taken_over_once_and_never_mixed(draft):
    enterprise, manager = make_enterprise(institution=make_institution()[0])
    db.session.commit()
    actor = actor_of(manager)
    round_ = guest.take_over(draft, enterprise_id=enterprise.id, by=actor)
    db.session.commit()
    assert {s: stored.reply for s, stored in queries.answers_of(round_.id).items()} == \
        {"M1-A1": Reply("3", note="From the trial"), "M1-A2": Reply("na", "No shifts")}
    again, _key = guest.begin_trial(client="")
    guest.save_trial(again, (Change("M1-A1", Reply("0"), 0),))
    db.session.commit()
    with pytest.raises(Refused):
        guest.take_over(again, enterprise_id=enterprise.id, by=actor)


def test_a_self_assessment_opened_empty_before_may_still_begin_with_it(draft):
    f = make_filling()
    round_ = guest.take_over(draft, enterprise_id=f.enterprise.id, by=f.actor)
    db.session.commit()
    assert round_.id == f.round.id
    assert len(queries.answers_of(round_.id)) == 2
    services.save_answers(round_, (Change("M1-A1", Reply("1"), 1),), by=f.actor)
    assert queries.answers_of(round_.id)["M1-A1"].reply.choice == "1"


def test_of_two_people_only_the_first_gets_it(draft, database):
    manager = make_enterprise()[1]
    guest.keep_for(manager.id, draft.key_hash)
    guest.keep_for(make_enterprise()[1].id, draft.key_hash)
    db.session.commit()
    db.session.refresh(draft)
    assert draft.person_id == manager.id
