"""Hub, theme page, check page and the modules: states, links, weight, and who may open what."""

from pathlib import Path

import brotli
import pytest

from score_web.assessment import queries, services
from score_web.assessment.answering import Reply
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment import queries as enrolments
from score_web.enrolment.states import EnrolmentState
from tests.asked import asked
from tests.assessment.filling import answer_all, submitted
from tests.client import Client
from tests.factories import actor_of, make_enterprise, make_institution
from tests.world import World


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_modules_can_be_read_by_everybody(client, lang):
    page = client.get(f"/{lang}/modules/")
    assert [link for link in page.links() if link.startswith(f"/{lang}/modules/") and link[-1].isdigit()] == \
        [f"/{lang}/modules/{n}" for n in range(1, 6)]
    for number, statements in zip(range(1, 6), (24, 23, 23, 25, 25), strict=True):
        page = client.get(f"/{lang}/modules/{number}")
        details = page.find_all("details")
        assert sum(1 for d in details for li in d.iter("{http://www.w3.org/1999/xhtml}li")) == statements
    client.get(f"/{lang}/modules/6", status=404)


def module_row(page, number: int) -> str:
    return page.text_of(next(e for e in page.find_all("li") if e.get("id") == f"m{number}"))


def test_the_hub_shows_each_state_and_its_next_step(f, mine):
    page = mine.get("/en/assessment/")
    assert "Go on with module 1" in page.text
    assert "0 of 24 answered" in module_row(page, 1)
    assert "Being filled in" in module_row(page, 1)
    assert "Not started" in module_row(page, 2)
    answer_all(f.round, f.actor, only=23)
    assert "23 of 24 answered" in module_row(mine.get("/en/assessment/"), 1)
    submitted(f)
    page = mine.get("/en/assessment/")
    assert "67% Good" in module_row(page, 1)
    assert "Submitted" in module_row(page, 1)
    assert f"{f.path}/results" in page.links()
    assert "Assess again" in module_row(page, 1)
    assert "Go to your dashboard" in page.text
    mine.post("/en/assessment/modules/1/start")
    page = mine.get("/en/assessment/")
    assert "24 of 24 answered" in module_row(page, 1)
    assert "See the results of last time" in module_row(page, 1)


@pytest.mark.parametrize("state", [None, EnrolmentState.DRAFT])
def test_before_the_enrolment_is_submitted_the_hub_says_what_to_do(client, database, state):
    _, manager = make_enterprise(state=state)
    page = client.sign_in(manager).get("/en/assessment/")
    assert "You can start once your enrolment is submitted." in page.text
    assert "/en/enrolment/" in page.links()
    assert not [form for form in page.find_all("form") if "start" in form.get("action", "")]
    client.post("/en/assessment/modules/1/start")
    assert "You can start once your enrolment is submitted." in client.get("/en/assessment/").text


def test_starting_leads_to_the_first_open_theme(f, mine):
    assert mine.post("/en/assessment/modules/2/start").location.endswith("/A")
    answer_all(f.round, f.actor, only=9)
    assert mine.post("/en/assessment/modules/1/start").location == f"{f.path}/C"
    mine.post("/en/assessment/modules/6/start", status=404)


def test_the_check_page_lists_what_is_missing_and_jumps_there(f, mine):
    answer_all(f.round, f.actor, only=18, but={"M1-A2": Reply("na", reason="no shop floor"), "M1-B1": Reply("na")})
    page = mine.get(f"{f.path}/check")
    assert "Answer at least 20 of the 24 statements; 17 are answered so far." in page.text
    assert not page.find_all("button", class_="full")
    assert [link for link in page.links() if "#" in link and link.endswith("#M1-B1")] == [f"{f.path}/B#M1-B1"] * 2
    page = mine.post(f"{f.path}/check", status=409)
    assert "Answer at least 20 of the 24 statements; 17 are answered so far." in page.text
    assert f.round.state is RoundState.OPEN


def test_submitting_shows_the_result(f, mine):
    answer_all(f.round, f.actor, only=20)
    page = mine.get(f"{f.path}/check")
    assert "You can submit; 4 statements are still open." in page.text
    page = mine.follow(mine.post(f"{f.path}/check"))
    assert page.h1 == "Your result: Good"
    assert "Submitted. Your answers are locked, and this is your result." in page.text
    page = mine.post(f"{f.path}/check", status=409)
    assert "This has changed in the meantime." in page.text


def test_switching_the_language_on_the_check_page_submits_nothing(f, mine):
    answer_all(f.round, f.actor)
    mine.post(f"{f.path}/check".replace("/en/", "/zh/"), {"switch_language": "1"}, status=200)
    assert f.round.state is RoundState.OPEN


def test_the_partner_reopens_with_a_reason(app, f, mine):
    submitted(f)
    partner = Client(app).sign_in(f.partner)
    assert f"{f.path}/reopen" in partner.get(f"{f.path}/results").links()
    assert f"{f.path}/reopen" not in mine.get(f"{f.path}/results").links()
    mine.get(f"{f.path}/reopen", status=404)
    page = partner.post(f"{f.path}/reopen", {"reason": " "}, status=200)
    assert page.errors == ["Please write the reason: the enterprise will read it."]
    page = partner.follow(partner.post(f"{f.path}/reopen", {"reason": "M1-A3 was misread"}))
    assert page.h1 == "Not submitted yet"
    assert "Reopened. The enterprise has been told." in page.text
    mine.get(f"{f.path}/A")
    page = partner.post(f"{f.path}/reopen", {"reason": "again, please"}, status=409)
    assert page.value("reason") == "again, please"


def test_a_theme_page_needs_five_queries_and_ten_kilobytes(app, f, mine):
    answer_all(f.round, f.actor, but={"M1-C2": Reply("na", "no scheme yet", "assembly does not")})
    for lang in ("en", "zh"):
        path = f"{f.path}/C".replace("/en/", f"/{lang}/")
        mine.get(path)
        with asked(db.engine) as statements:
            page = mine.get(path)
        assert len(statements) <= 5, statements
        assert len(brotli.compress(page.html.encode(), quality=4)) <= 10_000
        assets = [(e.get("href") or e.get("src")).rpartition("/")[2] for tag in ("link", "script") for e in page.find_all(tag)]
        assert "answers.js" in assets
        assert len(assets) <= 4
        sent = [page.html.encode(), *((Path(app.static_folder) / name).read_bytes() for name in assets)]
        assert sum(len(brotli.compress(one, quality=4)) for one in sent) <= 40_000


def test_the_hub_asks_the_same_whatever_there_is(f, mine):
    mine.get("/en/assessment/")
    with asked(db.engine) as few:
        mine.get("/en/assessment/")
    for module in (2, 3, 4):
        round_ = services.start_round(enterprise_id=f.enterprise.id, module=module, by=f.actor)
        answer_all(round_, f.actor)
        services.submit_round(round_, by=f.actor)
    db.session.commit()
    with asked(db.engine) as many:
        mine.get("/en/assessment/")
    assert len(many) == len(few)


def test_everybody_opens_exactly_what_is_listed_for_them(app, database):
    world = World()
    round_ = world.round
    for persona, person in world.people.items():
        actor = actor_of(person)
        listed = round_.id in {r.id for r in db.session.scalars(queries.rounds_visible_to(actor))}
        client = Client(app).sign_in(person)
        client.get(f"/en/assessment/{round_.id}/results", status=200 if listed else 404)
        fills = persona in ("own enterprise", "suspended")  # that one is suspended only by World.cookies
        for page in ("A", "check"):
            client.get(f"/en/assessment/{round_.id}/{page}", status=200 if fills else 404)
        client.post(f"/en/assessment/{round_.id}/A", {"M1-A1.seal": "0-0", "M1-A1": "1"}, status=303 if fills else 404)
    Client(app).get(f"/en/assessment/{round_.id}/results", status=None).location.startswith("/en/accounts/sign-in")


def test_an_open_one_shows_outsiders_no_more_than_its_state(app, database):
    world = World()
    for persona in ("own partner", "trainer with mandate"):
        page = Client(app).sign_in(world.people[persona]).get(f"/en/assessment/{world.round.id}/results")
        assert page.h1 == "Not submitted yet"
        assert f"/en/assessment/{world.round.id}/check" not in page.links()


def test_who_can_see_our_results_names_them_all(app, database):
    world = World()
    page = Client(app).sign_in(world.people["own enterprise"]).get("/en/assessment/who-sees")
    trainer = world.people["trainer with mandate"]
    for name in (world.people["own enterprise"].name, world.colleague.name, "宁波机构", trainer.name):
        assert name in page.text
    assert world.people["other trainer"].name not in page.text
    assert "because of your booking, until" in page.text


def test_unknown_themes_and_rounds_are_not_found(f, mine):
    mine.get(f"{f.path}/Z", status=404)
    mine.get("/en/assessment/999999/A", status=404)
    _, stranger = make_enterprise(institution=make_institution()[0])
    other = services.start_round(enterprise_id=actor_of(stranger).enterprise_id, module=1, by=actor_of(stranger))
    db.session.commit()
    mine.get(f"/en/assessment/{other.id}/A", status=404)
    mine.post(f"/en/assessment/{other.id}/A", {"M1-A1.seal": "0-0", "M1-A1": "1"}, status=404)
    assert queries.answers_of(other.id) == {}


def test_the_responsible_institution_finds_self_assessments_before_any_booking(client, f):
    submitted(f)
    told = db.session.query(Message).filter_by(person_id=f.partner.id).order_by(Message.id.desc()).first()
    assert "has submitted its self-assessment of module 1" in told.subject_en
    enrolment = enrolments.enrolment_of(f.round.enterprise_id)
    review = client.sign_in(f.partner).get(f"/en/enrolment/{enrolment.id}/review")
    page = client.get(next(link for link in review.links() if "/of-enrolment/" in link))
    assert f"{f.path}/results" in page.links()
