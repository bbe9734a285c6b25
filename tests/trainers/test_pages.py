"""The pages of trainers and of those who certify them."""

import re

import pytest

from score_web.booking.offers import window
from score_web.core import clock, paging
from score_web.core.db import db
from score_web.permissions import Role
from score_web.reference.workdays import working_days_between
from score_web.trainers.models import DayOff, TrainerProfile
from score_web.trainers.services import claim_days
from tests.booking.arrange import FIRST, SECOND, stop_clock
from tests.client import Client
from tests.factories import add_membership, make_institution, make_person, make_trainer

PROFILE = {"provinces": ["330000", "500000"], "languages": ["zh", "en"], "weekdays": ["1", "2"], "about": "Lean since 2001"}


@pytest.fixture
def office(database, monkeypatch):
    stop_clock(monkeypatch)
    return make_institution()


def test_the_first_visit_makes_no_profile_and_saving_does(app, office):
    person = make_person()
    add_membership(person, office[0], Role.TRAINER)
    client = Client(app).sign_in(person)
    assert client.get("/en/trainers/days", status=303).location == "/en/trainers/profile"
    assert client.get("/en/trainers/profile").value("weekdays") == "1"
    assert db.session.scalars(db.select(TrainerProfile)).all() == []
    assert "Your profile is saved." in client.follow(client.post("/en/trainers/profile", PROFILE)).text
    saved = db.session.scalars(db.select(TrainerProfile)).one()
    assert (saved.provinces, saved.languages, saved.weekdays, saved.about) == ("330000,500000", "zh,en", "1,2", "Lean since 2001")


@pytest.mark.parametrize(("change", "error"), [
    ({"provinces": []}, "Tick at least one province."),
    ({"languages": []}, "Tick at least one language."),
    ({"weekdays": []}, "Tick at least one day."),
    ({"about": "x" * 1001}, "At most 1000 characters."),
])
def test_what_is_missing_is_said_beside_the_field(app, office, change, error):
    _, person = make_trainer(office[0])
    page = Client(app).sign_in(person).post("/en/trainers/profile", PROFILE | change, status=200)
    assert page.errors == [error]


@pytest.mark.parametrize("change", [{"provinces": ["999999"]}, {"weekdays": ["8"]}, {"languages": ["fr"]}])
def test_choices_that_are_not_there_are_refused(app, office, change):
    profile, person = make_trainer(office[0])
    page = Client(app).sign_in(person).post("/zh/trainers/profile", PROFILE | change, status=200)
    assert len(page.errors) == 1
    assert db.session.get(TrainerProfile, profile.id).weekdays == "1,2,3,4,5"


def test_days_off_are_ticked_and_only_changes_are_sent_on(app, office):
    profile, person = make_trainer(office[0])
    client = Client(app).sign_in(person)
    first = client.get("/en/trainers/days")
    assert first.value("was") == ""
    client.post("/en/trainers/days", {"was": "", "off": [str(FIRST), str(SECOND)]})
    assert client.get("/en/trainers/days").value("was") == f"{FIRST},{SECOND}"
    client.post("/en/trainers/days", {"was": "", "off": []})  # an old page on which nothing was touched
    client.post("/en/trainers/days", {"was": f"{FIRST},{SECOND}", "off": [str(SECOND)]})
    assert db.session.scalars(db.select(DayOff.day)).all() == [SECOND]
    assert profile.id


def test_days_off_can_be_set_as_far_ahead_as_classes_are_offered(app, office):
    _, person = make_trainer(office[0])
    page = Client(app).sign_in(person).get("/zh/trainers/days")
    last = working_days_between(*window(clock.today()))[-1]
    assert str(last) in [box.get("value") for box in page.find_all("input", name="off")]
    assert "3月2日" in page.text


def test_a_day_booked_meanwhile_is_refused_with_its_name_and_the_ticks_stay(app, office):
    profile, person = make_trainer(office[0])
    client = Client(app).sign_in(person)
    client.get("/en/trainers/days")
    claim_days(profile, [SECOND], "booking:1")
    page = client.post("/en/trainers/days", {"was": "", "off": [str(FIRST), str(SECOND)]}, status=409)
    assert "Fri 6 Mar has been booked in the meantime. Cancel that booking first if you cannot come." in page.text
    assert page.value("off") == str(FIRST)
    assert db.session.scalars(db.select(DayOff.day)).all() == []


@pytest.mark.parametrize("data", [{"off": ["x"]}, {"off": ["2026-03-07"]}, {"off": ["1999-01-01"]}, {"was": "x"}, {"off": ["😀"]}])
def test_days_that_were_not_shown_are_refused(app, office, data):
    _, person = make_trainer(office[0])
    page = Client(app).sign_in(person).post("/en/trainers/days", {"was": ""} | data, status=200)
    assert "thing to put right" in page.text or "did not go through" in page.text
    assert db.session.scalars(db.select(DayOff)).all() == []


def test_the_partner_sets_up_a_profile_and_gives_levels(app, office):
    institution, partner = office
    person = make_person("Lin Xiao")
    add_membership(person, institution, Role.TRAINER)
    client = Client(app).sign_in(partner)
    assert "Lin Xiao" in client.get("/en/trainers/").text
    made = client.post(f"/en/trainers/people/{person.id}")
    path = made.location
    assert client.follow(made).h1 == "Lin Xiao"
    early = client.post(f"{path}/level", {"module": "2", "level": "certified"}, status=409)
    assert "Module 1 comes first" in early.text
    assert early.value("module") == "2"
    client.post(f"{path}/level", {"module": "1", "level": "certified"})
    shown = client.follow(client.post(f"{path}/level", {"module": "2", "level": "candidate"}))
    assert "Module 2: level given (Trainer candidate)" in shown.text
    refused = client.follow(client.post(f"{path}/level/1/end", {"reason": "Retired"}))
    assert "This trainer still trains other modules" in refused.text
    assert "Please write the reason" in client.follow(client.post(f"{path}/level/2/end")).text
    client.post(f"{path}/level/2/end", {"reason": "Moved away & retired"})
    ended = client.get(path).text
    assert "Module 2: ended" in ended
    assert "Moved away & retired" in ended
    for data in ({"module": "9", "level": "expert"}, {"module": "1", "level": "king"}, {}):
        assert client.post(f"{path}/level", data, status=200).errors


def test_another_institution_reads_but_does_not_certify(app, office):
    profile, _ = make_trainer(office[0])
    _, stranger = make_institution(scope="50")
    client = Client(app).sign_in(stranger)
    assert client.get(f"/en/trainers/{profile.id}").find_all("select") == []
    client.post(f"/en/trainers/{profile.id}/level", {"module": "1", "level": "expert"}, status=404)
    assert f"/en/trainers/{profile.id}" not in client.get("/en/trainers/").links()
    assert f"/en/trainers/{profile.id}" in client.get("/zh/trainers/?all=1").html.replace("/zh/", "/en/")


@pytest.mark.both_engines
def test_who_serves_a_province_is_found_at_once_among_however_many_elsewhere(app, office, monkeypatch):
    """A page looks through so many rows of a list at most: here, those of the province alone."""
    monkeypatch.setattr(paging, "LOOK", 3)
    elsewhere, _ = make_institution(scope="50")
    for _ in range(5):
        make_trainer(elsewhere, provinces="500000,530000")
    near, _ = make_trainer(elsewhere, provinces="330000", levels={1: "certified", 2: "certified"})
    make_trainer(elsewhere, provinces="330000")
    page = Client(app).sign_in(office[1]).get("/en/trainers/?all=1&province=330000&module=2")
    assert [link for link in page.links() if re.fullmatch(r"/en/trainers/\d+", link)] == [f"/en/trainers/{near.id}"]
    assert "page=" not in " ".join(page.links())


def test_trainers_and_enterprises_do_not_see_the_list(app, office):
    profile, person = make_trainer(office[0])
    client = Client(app).sign_in(person)
    client.get("/en/trainers/", status=403)
    client.get(f"/en/trainers/{profile.id}", status=404)
