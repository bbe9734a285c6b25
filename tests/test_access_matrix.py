"""Who may open which address? The answer is `access_matrix.csv`, a page for people to read; this test compares it with the application.

Every address stands there once for reading it and once for sending a form to it. A new or changed address fails until the table
is written anew: WRITE_MATRIX=1 python -m pytest tests/test_access_matrix.py. Read the difference before committing it.
"""

import csv
import os
import sqlite3
from pathlib import Path

import pytest

from score_web.core.db import db
from tests.test_access import PLUMBING
from tests.world import PERSONAS, World

MATRIX = Path(__file__).with_name("access_matrix.csv")
METHODS = ("GET", "POST")
HEADER = ["address", "method", "permission", *PERSONAS]
# Addresses that name another record than the enterprise's own.
INSTEAD = {"accounts.edit_institution": ("organisation_id", "institution"), "pulse.answer": ("token", "survey_token")}


class Cells:
    """Asks the application for each cell; a POST is undone by putting the database back as it was."""

    def __init__(self, app):
        self.app, app.config["WTF_CSRF_METHODS"] = app, set()
        with app.app_context():
            world = World()
            self.cookies, self.ids = world.cookies(app), world.ids
            self.institution, self.survey_token = world.ningbo.id, world.survey.token
            self.file = db.engine.url.database
        self.live, self.before = sqlite3.connect(self.file), sqlite3.connect(":memory:")
        self.live.backup(self.before)
        self.version = self._version()

    def _version(self) -> int:
        """Changes when somebody else writes into the file."""
        return self.live.execute("PRAGMA data_version").fetchone()[0]

    def _undo(self) -> None:
        if self._version() != self.version:
            self.before.backup(self.live)
            self.version = self._version()

    def rows(self, rule, view) -> list[list[str]]:
        permission = view.access.permission.name if view.access.permission else "anonymous" if view.access.anonymous else "public"
        return [
            [rule.rule, method, permission, *(self.cell(rule, method, persona) for persona in PERSONAS)]
            for method in METHODS if method in rule.methods
        ]

    def cell(self, rule, method: str, persona: str) -> str:
        unknown = rule.arguments - set(self.ids)
        assert not unknown, f"tests/world.py does not know a record for {unknown} of {rule}"
        values = {name: self.ids[name] for name in rule.arguments}
        if rule.endpoint in INSTEAD:
            name, known_as = INSTEAD[rule.endpoint]
            values[name] = getattr(self, known_as)
        path = self.app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        cookie = {"Cookie": f"score={self.cookies[persona]}"} if self.cookies[persona] else {}
        with self.app.app_context():
            response = self.app.test_client(use_cookies=False).open(path, method=method, headers=cookie)
            response.close()
            db.session.remove()
        self._undo()
        if response.status_code in (403, 404):
            return "no"
        assert response.status_code < 500, f"{method} {path} as {persona}: {response.status_code}"
        asked = response.status_code == 401 or "/accounts/sign-in" in response.headers.get("Location", "")
        return "sign-in" if asked and view_needs_somebody(self.app, rule) else "yes"


def view_needs_somebody(app, rule) -> bool:
    return app.view_functions[rule.endpoint].access.permission is not None


def rules(app) -> list:
    return sorted((r for r in app.url_map.iter_rules() if r.endpoint not in PLUMBING), key=lambda r: (r.rule, sorted(r.methods)))


@pytest.fixture
def matrix(app):
    cells = Cells(app)
    return [HEADER, *(row for rule in rules(app) for row in cells.rows(rule, app.view_functions[rule.endpoint]))]


def test_matrix_is_as_written(matrix):
    if os.environ.get("WRITE_MATRIX"):
        with MATRIX.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(matrix)
    with MATRIX.open(encoding="utf-8") as file:
        written = list(csv.reader(file))
    found, stands = {tuple(row[:2]): row for row in matrix}, {tuple(row[:2]): row for row in written}
    assert len(written) == len(stands), "addresses that the table names twice"
    assert sorted(set(found) - set(stands)) == [], "addresses that the table does not name"
    assert sorted(set(stands) - set(found)) == [], "addresses that are gone"
    assert {key: row for key, row in found.items() if row != stands[key]} == {}


OF_AN_ENTERPRISE = ("enrolment_id", "assessment_round_id", "evidence_id", "booking_id", "pulse_survey_id")


def test_strangers_open_nothing_of_an_enterprise():
    """Read from the table itself, so that nobody writes a leak into it unnoticed."""
    with MATRIX.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if any(f"<int:{name}" in row["address"] for name in OF_AN_ENTERPRISE):
                assert row["anonymous"] == row["suspended"] == "sign-in", row
                for stranger in ("rival enterprise", "new enterprise", "other partner", "other trainer", "ex-colleague"):
                    assert row[stranger] == "no", (stranger, row)
            if row["permission"] not in ("public", "anonymous"):
                assert row["anonymous"] == "sign-in", row
