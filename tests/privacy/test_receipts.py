"""Does everybody from outside who gets something leave a receipt, and nobody else?"""

from datetime import timedelta

import pytest

from score_web.core import clock
from score_web.core.db import db
from score_web.enrolment.queries import enrolment_of
from score_web.privacy.models import Receipt
from score_web.privacy.sharing import ENDPOINTS, Shared
from tests.client import Client
from tests.world import World


@pytest.fixture
def world(database):
    return World()


def rows() -> list[tuple]:
    found = [(r.person_id, r.what, r.record_id, r.because) for r in db.session.scalars(db.select(Receipt).order_by(Receipt.id))]
    db.session.rollback()
    return found


@pytest.mark.both_engines
def test_a_receipt_a_person_thing_and_day(client, world):
    partner, trainer, own = (world.people[p] for p in ("own partner", "trainer with mandate", "own enterprise"))
    round_id, booking = world.evidence.round_id, world.booking.because
    results, file = f"/en/assessment/{round_id}/results", f"/en/assessment/evidence/{world.evidence.id}/file"
    for person in (own, partner, partner, trainer):
        client.sign_in(person).get(results)
    client.get(file)
    house = f"institution:{world.ningbo.id}"
    assert rows() == [
        (partner.id, Shared.RESULTS, round_id, house),
        (trainer.id, Shared.RESULTS, round_id, booking),
        (trainer.id, Shared.EVIDENCE, world.evidence.id, booking),
    ]
    page = Client(client.app).sign_in(own).get("/en/privacy/receipts")
    assert "A piece of evidence, opened" in page.text
    assert trainer.name in page.text


def test_who_is_refused_leaves_none(client, world):
    for persona in ("rival enterprise", "other partner", "other trainer"):
        client.sign_in(world.people[persona]).get(f"/en/assessment/{world.evidence.round_id}/results", status=404)
    assert rows() == []


@pytest.mark.parametrize(("sent", "status"), [
    ({"switch_language": "zh"}, 200), ({"csrf_token": "old"}, 400), ({"decision": "return", "version": "0", "reason": "x"}, 409),
])
def test_the_page_that_a_form_comes_back_on_leaves_one_too(client, world, sent, status):
    enrolment = enrolment_of(world.own.id)
    client.sign_in(world.people["own partner"]).post(f"/en/enrolment/{enrolment.id}/review", sent, status=status)
    assert [row[1:3] for row in rows()] == [(Shared.ENROLMENT, enrolment.id)]


def test_a_form_of_another_site_shows_nothing_and_leaves_none(client, world):
    client.sign_in(world.people["own partner"])
    path = f"/en/enrolment/{enrolment_of(world.own.id).id}/review"
    assert client.http.post(path, data={"csrf_token": client.token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert rows() == []


def test_every_page_of_the_list_is_there(app):
    assert set(ENDPOINTS) <= set(app.view_functions)
    for endpoint, (_what, argument) in ENDPOINTS.items():
        assert all(argument in rule.arguments for rule in app.url_map.iter_rules(endpoint)), endpoint


def test_the_next_day_is_another_receipt(client, world):
    client.sign_in(world.people["own partner"])
    for _day in ("yesterday", "today"):
        db.session.execute(db.update(Receipt).values(day=clock.today() - timedelta(days=1)))
        client.get(f"/en/assessment/{world.evidence.round_id}/results")
    assert len(rows()) == 2
