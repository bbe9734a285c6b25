"""Does somebody find everything about their own data in one place: consents, a copy, a correction?"""

import io
import json
import re
import zipfile

import pytest

from score_web.accounts.models import Consent, Organisation
from score_web.core import clock
from score_web.core.db import Base, db
from score_web.core.paging import SIZE
from score_web.permissions import Role
from score_web.privacy import queries, services
from score_web.privacy.contents import ENTERPRISE, LEFT_OUT, PERSON
from score_web.privacy.models import DataRequest, Erasure
from score_web.privacy.purposes import EXAMPLES, RESEARCH
from score_web.privacy.states import RequestState
from score_web.pulse.services import count_all
from tests.factories import PASSWORD, actor_of, add_membership, make_enterprise, make_institution, make_person, make_trainer
from tests.pulse.arrange import a_survey, answer
from tests.world import World

OURS = {"person", "organisation"}


def leads_to_somebody(table, seen=()) -> bool:
    """Whether a foreign key of it, or of a table it hangs on, names a person or an organisation."""
    targets = {key.column.table for key in table.foreign_keys} - {table, *seen}
    return any(t.name in OURS or leads_to_somebody(t, (*seen, table)) for t in targets)


def test_every_table_about_somebody_is_in_the_copy_or_left_out_for_a_reason(app):
    about = {table.name for table in Base.metadata.sorted_tables if table.name in OURS or leads_to_somebody(table)}
    known = {part.table for part in (*PERSON, *ENTERPRISE)}
    assert about - known - set(LEFT_OUT) == set()
    assert known & set(LEFT_OUT) == set()


def test_secrets_are_hidden():
    shown = [
        f"{part.table}.{column.name}" for part in (*PERSON, *ENTERPRISE) for column in Base.metadata.tables[part.table].c
        if column.name not in part.hide
    ]
    assert [name for name in shown if any(word in name for word in ("hash", "salt", "_key", "secret", "held"))] == []


@pytest.fixture
def world(database):
    return World()


def copy(client) -> zipfile.ZipFile:
    there = client.post("/en/privacy/export", {"current": PASSWORD})
    answer = client.http.get(there.location)
    assert answer.status_code == 200, answer.location
    content = answer.data
    answer.close()
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_head_takes_everything_of_the_enterprise_home(client, world):
    head = world.people["own enterprise"]
    archive = copy(client.sign_in(head))
    names = archive.namelist()
    assert names[0] == "person.json"
    assert names[-1] == "README.txt"
    assert f"enterprise-{world.own.id}.json" in names
    person, enterprise = (json.loads(archive.read(name)) for name in names[:2])
    assert person["person"][0]["email"] == head.email
    assert "password_hash" not in person["person"][0]
    assert enterprise["enrolment"][0]["code"] == "91330200DEM033019T"
    assert [row["statement"] for row in enterprise["answer"]] == ["M2-A1"]
    assert str(world.people["trainer with mandate"].id) in enterprise["names"]["people"]
    assert [archive.read(name) for name in names if name.startswith("evidence/")] == [b"jpg"]
    assert "他企业" not in "".join(archive.read(name).decode() for name in names if not name.startswith("evidence/"))
    readme = archive.read("README.txt").decode()
    assert "副本" in readme
    assert "copy of your data" in readme


def test_a_colleague_gets_the_own_data_only(client, world):
    colleague = make_person("Simple Colleague")
    add_membership(colleague, world.own, Role.ENTERPRISE)
    assert copy(client.sign_in(colleague)).namelist() == ["person.json", "README.txt"]


def test_of_workers_the_copy_tells_no_more_than_pages(app, client, database):
    scene = a_survey()
    for _n in range(5):
        answer(app, scene, scene.all("0"))
    count_all()
    enterprise = json.loads(copy(client.sign_in(scene.head)).read(f"enterprise-{scene.round.enterprise_id}.json"))
    values = [row for row in enterprise["lens_value"] if row["lens"] == "workers"]
    assert {row["statement"] for row in values} == set(scene.ids)
    assert [(row["sum"], row["shown"]) for row in values] == [(None, {"percent": 10, "at_most": True, "at_least": False})] * len(values)
    assert "pulse_count" not in enterprise
    assert not {"told", "taken", "since_count", "version"} & set(enterprise["pulse_survey"][0])


def test_the_copy_needs_the_password_and_is_limited(client, database):
    _, head = make_enterprise()
    client.sign_in(head)
    page = client.post("/en/privacy/export", {"current": "wrong"}, status=200)
    assert page.errors == ["This is not your current password."]
    assert client.get("/en/privacy/export.zip", status=303).location == "/en/privacy/export"
    for _n in range(5):
        copy(client)
    page = client.post("/en/privacy/export", {"current": PASSWORD}, status=429)
    assert page.errors == ["You took five copies today. Please wait 24 hours."]


def test_a_consent_is_given_and_withdrawn_in_rows(client, database):
    institution, partner = make_institution()
    _enterprise, head = make_enterprise(institution=institution)
    client.sign_in(head)
    for step in ("give", "give", "withdraw", "withdraw"):
        client.post(f"/en/privacy/consents/research/{step}")
        listed = [person.id for person in queries.people_to_ask(actor_of(partner))]
        assert listed == ([head.id] if step == "give" else [])
    rows = database.session.scalars(db.select(Consent).order_by(Consent.id)).all()
    assert [(row.document, row.version, row.given) for row in rows] == [
        ("research", RESEARCH.version, True),
        ("research", RESEARCH.version, False),
    ]
    client.post("/en/privacy/consents/nothing/give", status=404)


def test_a_partner_is_asked_for_nothing_optional(database):
    _, partner = make_institution()
    assert queries.choices_of(actor_of(partner)) == []


def test_a_request_goes_to_the_institution_and_comes_back_answered(client, database):
    institution, partner = make_institution()
    _, head = make_enterprise(institution=institution)
    client.sign_in(head).post("/en/privacy/correct", {"text": "My name is written wrong in the history"})
    client.sign_in(partner)
    page = client.get("/en/privacy/requests")
    assert head.name in page.text
    [waiting] = queries.waiting_for(actor_of(partner))
    assert waiting.count == 1
    asked = queries.requests_of(head.id)[0]
    client.post(f"/en/privacy/requests/{asked.id}", {"answer": "Put right."})
    client.post(f"/en/privacy/requests/{asked.id}", {"answer": "Twice."}, status=409)
    assert "Put right." in client.sign_in(head).get("/en/privacy/correct").text
    assert queries.waiting_for(actor_of(partner)) == []


@pytest.fixture
def desk(database):
    """An institution asked for more than a page of each; two requests are answered, and others wait elsewhere."""
    there, partner = make_institution()
    elsewhere, _ = make_institution(scope="50")
    person = make_person()
    for institution in (there, elsewhere):
        for _ in range(SIZE + 3):
            enterprise = Organisation(kind="enterprise", name_en="Gear works", institution=institution)
            wish = Erasure(organisation=enterprise, asked_by_id=person.id, due_on=clock.today())
            db.session.add_all([DataRequest(person=person, institution=institution, text="My name is wrong"), wish])
            db.session.flush()
    for one in db.session.query(DataRequest).filter_by(institution=there).order_by(DataRequest.id)[2:4]:
        one.state, one.answered_at = RequestState.ANSWERED, clock.now()
    db.session.commit()
    waiting = db.session.query(DataRequest.id).filter_by(institution=there, state=RequestState.OPEN).order_by(DataRequest.id)
    wishes = db.session.query(Erasure.id).filter(Erasure.organisation.has(institution_id=there.id)).order_by(Erasure.id)
    return partner, [id_ for (id_,) in waiting], [id_ for (id_,) in wishes]


def shown(page, kind: str) -> list[int]:
    """The numbers in the links of one of the two lists, as they stand there."""
    return [int(number) for number in re.findall(rf"/privacy/{kind}/(\d+)", page.html)]


@pytest.mark.both_engines
def test_requests_come_in_pages_the_oldest_first_and_the_answered_ones_after_the_last(client, desk):
    partner, waiting, wishes = desk
    first = client.sign_in(partner).get("/en/privacy/requests")
    assert (shown(first, "requests"), shown(first, "erasures")) == (waiting[:SIZE], wishes[:SIZE])
    more, more_wishes = (link.get("href") for link in first.find_all("a", rel="next"))
    second, later = client.get(more), client.get(more_wishes)
    answered = shown(second, "requests")[len(waiting) - SIZE:]
    assert (shown(second, "requests"), len(answered), second.text.count("Answered")) == (waiting[SIZE:] + answered, 2, 2)
    assert (shown(later, "requests"), shown(later, "erasures")) == (waiting[:SIZE], wishes[SIZE:])
    for page, kind, ids in ((second, "requests", waiting), (later, "erasures", wishes)):
        assert shown(client.get(page.find_all("a", rel="prev")[0].get("href")), kind) == ids[:SIZE]
    assert shown(client.get("/en/privacy/requests?page=x&erasures=%00"), "requests") == waiting[:SIZE]


def steps_of(ask) -> int:
    """How many steps SQLite takes to answer; time would be another number every day."""
    steps, there = [], db.session.connection().connection.dbapi_connection
    there.set_progress_handler(lambda: steps.append(1), 1)
    ask()
    there.set_progress_handler(None, 0)
    return len(steps)


def test_what_waits_costs_an_institution_the_same_however_many_enterprises_it_has(database):
    institution, partner = make_institution()
    wishing, head = make_enterprise(institution=institution)
    services.ask("Please correct my name", by=actor_of(head))
    services.ask_erasure(wishing, by=actor_of(head))
    actor = actor_of(partner)
    db.session.commit()
    [waiting] = queries.waiting_for(actor)
    assert (waiting.count, waiting.since) == (2, queries.requests_of(head.id)[0].asked_at)
    few = steps_of(lambda: queries.waiting_for(actor)), steps_of(lambda: queries.erasures_to_confirm(actor))
    db.session.add_all(Organisation(kind="enterprise", institution=institution) for _ in range(300))
    db.session.commit()
    assert (steps_of(lambda: queries.waiting_for(actor)), steps_of(lambda: queries.erasures_to_confirm(actor))) == few


def test_photos_may_be_shown_elsewhere_only_with_the_consent_of_who_uploaded_them(client, world):
    world.evidence.uploaded_by_id = world.people["own enterprise"].id
    world.own.institution_id = world.ningbo.id
    results = f"/en/assessment/{world.evidence.round_id}/results"
    client.sign_in(world.people["own partner"])
    assert "Not to be shown elsewhere" in client.get(results).text
    services.give(EXAMPLES, by=actor_of(world.people["own enterprise"]))
    assert "May be shown as an example in classes, without names" in client.get(results).text
    services.withdraw(EXAMPLES, by=actor_of(world.people["own enterprise"]))
    assert "Not to be shown elsewhere" in client.get(results).text


def test_trainers_have_their_own_page_too(client, database):
    institution, _ = make_institution()
    _, trainer = make_trainer(institution)
    for address in ("my-data", "consents", "export", "correct", "leave"):
        client.sign_in(trainer).get(f"/en/privacy/{address}")
