"""What does the reader get while nothing can be stored? 503, what was typed, and the way on; the next request works."""

import sqlite3

import pytest
from sqlalchemy import event

from score_web.accounts.models import Person
from score_web.core import faults
from score_web.core.db import db
from score_web.enrolment.models import Enrolment
from tests.client import Client
from tests.enrolment.people import PEOPLE, begun
from tests.factories import make_institution

pytestmark = pytest.mark.own_app


@pytest.fixture
def scene(app, database):
    make_institution()
    enrolment, person = begun()
    client = Client(app).sign_in(person)
    path = f"/en/enrolment/{enrolment.id}/step/2"
    page = client.get(path)
    fields = PEOPLE | {"version": page.value("version"), "contact_job": "Head of personnel", "do": "later"}
    db.session.commit()
    return client, path, fields, enrolment.id


@pytest.fixture
def locked(database):
    """Somebody else writes and does not come to an end."""

    def lock():
        db.session.remove()
        event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=50"))
        db.engine.dispose()
        other = sqlite3.connect(db.engine.url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other

    return lock


def job_of(number: int) -> str:
    found = db.session.get(Enrolment, number, populate_existing=True).answers["contact_job"]
    db.session.rollback()
    return found


def test_the_same_page_comes_back_with_what_was_typed(scene, locked):
    client, path, fields, number = scene
    other = locked()
    page = client.post(path, fields, status=503)
    assert page.response.headers["Retry-After"] == "30"
    assert page.value("contact_job") == "Head of personnel"
    assert "nothing can be stored just now" in page.text
    other.rollback()
    assert job_of(number) == "人事主管"
    client.post(path, fields)
    assert job_of(number) == "Head of personnel"


def test_reading_goes_on_meanwhile(scene, locked):
    client, path, _fields, _number = scene
    other = locked()
    client.get(path)
    client.get("/healthz")
    other.close()


def test_a_button_gets_a_page_that_presses_it_again(scene, locked):
    client, _path, _fields, number = scene
    other = locked()
    page = client.post(f"/zh/enrolment/{number}/withdraw", status=503)
    assert "重发一次" in page.text
    other.rollback()
    client.post(f"/zh/enrolment/{number}/withdraw", {"csrf_token": page.value("csrf_token")})
    assert db.session.get(Enrolment, number).state == "withdrawn"


def test_a_script_is_told_in_json(scene, locked):
    client, path, fields, _number = scene
    other = locked()
    page = client.post(path, fields, status=503, headers={"Accept": "application/json"})
    assert "nothing can be stored just now" in page.html
    other.close()


def test_what_was_sent_travels_where_nothing_can_be_read(scene):
    """Also nothing about who asks: the page is shown as to a stranger, and its button sends everything again."""
    client, path, fields, number = scene
    gone = lambda *_: sqlite3.connect("/nowhere/at/all.db")  # noqa: E731
    event.listen(db.engine, "do_connect", gone)
    db.session.remove()
    db.engine.dispose()
    page = client.post(path, fields, status=503)
    assert page.h1 == "This is not stored yet"
    assert page.value("contact_job") == "Head of personnel"
    event.remove(db.engine, "do_connect", gone)
    sent = {e.get("name"): e.get("value") for e in page.find_all("input")}
    client.post(path, fields | sent)
    assert job_of(number) == "Head of personnel"


def test_passwords_do_not_travel(app, locked):
    client = Client(app)
    client.get("/en/accounts/sign-in")
    other = locked()
    page = client.post("/en/accounts/sign-in", {"email": "somebody@example.com", "password": "secret-thing-1"}, status=503)
    assert "secret-thing-1" not in page.html
    assert page.value("email") == "somebody@example.com"
    other.close()


def test_a_mistake_of_ours_does_not_pass(database):
    for statement in ("SELECT nothing FROM nowhere", "SELEC"):
        with pytest.raises(Exception, match=r"no such|syntax") as failed:
            db.session.execute(db.text(statement))
        assert not faults.passes(failed.value)
    assert not faults.passes(FileNotFoundError(2, "gone"))


def test_values_stay_out_of_the_log(database, caplog):
    with pytest.raises(Exception, match="person") as failed:
        db.session.execute(db.insert(Person).values(email="secret@example.com", name="secret"))
    faults.note(failed.value)
    assert "secret" not in caplog.text
    assert "secret" not in str(failed.value)
