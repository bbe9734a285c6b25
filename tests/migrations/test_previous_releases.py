"""Do the data of every earlier release come through all migrations since, up and down, and does the application work on them?"""

import itertools
import json
import os

import pytest

from score_web.assessment import queries
from score_web.assessment.models import AssessmentRound
from score_web.core.db import db
from score_web.core.migrations import downgrade, upgrade
from score_web.demo.cli import PASSWORD
from score_web.enrolment.models import Enrolment
from tests.client import Client
from tests.conftest import build
from tests.migrations import released

pytestmark = pytest.mark.both_engines
MOVED = {("audit_event", "data")}  # up there it is ids and codes only: reason and states have places of their own
MAY_GO = {}  # (table, column): why it does not come back after going down
PAGES = {
    "enterprise@example.com": ["/en/dashboard", "/zh/assessment/1/results", "/en/assessment/1/history/M1-A1", "/zh/accounts/inbox",
                               "/en/enrolment/{enrolment}", "/en/booking/", "/en/assessment/who-sees"],
    "partner@example.com": ["/zh/dashboard", "/en/enrolment/queue", "/en/enrolment/{waiting}/review", "/zh/assessment/1/results"],
    "trainer@example.com": ["/en/booking/", "/zh/trainers/days", "/en/dashboard"],
}
_numbers = itertools.count(1)


@pytest.fixture
def empty(engine, request, tmp_path):
    """An application whose database has no table yet."""
    uri, server = f"sqlite:///{tmp_path / 'old.db'}", None
    if engine == "postgresql":
        server, name = request.getfixturevalue("postgres"), f"old{os.getpid()}_{next(_numbers)}"
        server.execute(f"CREATE DATABASE {name}")
        uri = server.uri(name)
    app = build(uri, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=released.revisions())
def before(request, empty) -> dict:
    """The rows of that release, laid in at its revision; the database is at the newest one then."""
    rows = released.rows_of(request.param)
    upgrade(revision=request.param)
    released.lay_in(rows)
    upgrade()
    return {"revision": request.param, "rows": rows}


def missing(rows: dict[str, list[dict]], moved: set[tuple[str, str]] = frozenset()) -> list[str]:
    """What was stored before and is not there now, or is there otherwise."""
    now, wrong = released.found(), []
    for table, old in rows.items():
        there = {_key(row): row for row in now.get(table, [])}
        for row in old:
            new = there.get(_key(row))
            kept = [name for name in row if new and name in new and (table, name) not in {*MAY_GO, *moved}]
            if new is None or any(_meant(new[name]) != _meant(row[name]) for name in kept):
                wrong.append(f"{table}: {row} is now {new}")
    return wrong


def _meant(value):
    """Of a JSON document what it says: not in which order, nor that something was left empty."""
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    return {name: inner for name, inner in json.loads(value).items() if inner != ""}


def _key(row: dict) -> tuple:
    return (row["id"],) if "id" in row else tuple(row[name] for name in ("round_id", "survey_id", "statement", "choice") if name in row)


def test_rows_are_carried_over_and_carried_back(before):
    assert missing(before["rows"], MOVED) == []
    downgrade(revision=before["revision"])
    assert missing(before["rows"]) == []
    gone = {(table, name) for table, rows in before["rows"].items() for name in rows[0]} - {
        (table, name) for table, rows in released.found().items() if rows for name in rows[0]}
    assert gone <= set(MAY_GO), "columns that going down does not bring back"


def test_the_application_works_on_them(before, empty):
    enrolments = {e.enterprise_id: e for e in db.session.scalars(db.select(Enrolment))}
    own = db.session.get(AssessmentRound, 1)
    assert queries.score_of(own).percent is not None
    waiting = next(e for e in enrolments.values() if e.state == "submitted" and e.institution_id == own.enterprise.institution_id)
    places = {"enrolment": enrolments[own.enterprise_id].id, "waiting": waiting.id}
    for email, pages in PAGES.items():
        client = Client(empty).sign_in(email, PASSWORD)
        for page in pages:
            client.get(page.format(**places))
