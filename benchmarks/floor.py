"""What is the least that Flask can do for the same page and the same save? Everything measured is put beside this.

A bare application that knows nothing of SCORE Web. For a page it opens the same signed cookie, reads the user's row and the answers
in two raw SELECTs, and sends the very bytes that the application sent, with the same headers and the same compression. For a save it
reads the form, and writes the same answers and the same rows of history in one durable commit. What the application does beyond
that (checking who may, comparing versions, making the page) is what the ratio shows.

`FLOOR` names a file written by `Recorded.write`; gunicorn starts `benchmarks.floor:from_file()`.
"""

import hashlib
import importlib.util
import json
import os
import sqlite3
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path

from flask import Flask, Response, abort, request, session

PERSON = (
    "SELECT person.id, person.name, person.email, person.language FROM sign_in JOIN person ON person.id = sign_in.person_id "
    "WHERE sign_in.key_hash = ? AND sign_in.ended_at IS NULL AND person.suspended_at IS NULL"
)
ANSWERS = (
    "SELECT statement, value, not_applicable, reason, note, discuss, version, changed_at, changed_by_id FROM answer WHERE round_id = ?"
)
KEEP = (
    "INSERT INTO answer_version (round_id, statement, version, value, not_applicable, reason, note, discuss, changed_by_id, changed_at) "
    "SELECT round_id, statement, version, value, not_applicable, reason, note, discuss, changed_by_id, changed_at "
    "FROM answer WHERE round_id = ? AND statement = ?"
)
WRITE = (
    "INSERT INTO answer (round_id, statement, value, not_applicable, reason, note, discuss, version, changed_by_id, changed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, CURRENT_TIMESTAMP) ON CONFLICT (round_id, statement) DO UPDATE SET value = excluded.value, "
    "not_applicable = excluded.not_applicable, reason = excluded.reason, note = excluded.note, discuss = excluded.discuss, "
    "version = answer.version + 1, changed_by_id = excluded.changed_by_id, changed_at = excluded.changed_at"
)


@dataclass
class Recorded:
    """What the application sent, and how it is set up."""

    database: str
    secret_key: str
    cookie: str
    round_id: int
    headers: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    saved: str = ""

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(asdict(self)), "utf-8")
        return path


class Connections(threading.local):
    """One open connection per thread, straight from the driver, as durable as the application's."""

    def __init__(self, url: str):
        self.lite = url.startswith("sqlite")
        self.begin = "BEGIN IMMEDIATE" if self.lite else "BEGIN"
        if self.lite:
            self.open = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "secure_delete=ON", "foreign_keys=ON"):
                self.open.execute(f"PRAGMA {pragma}")
        else:
            import psycopg  # noqa: PLC0415 - not there for SQLite: it would count as memory

            self.open = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def sql(self, statement: str) -> str:
        return statement if self.lite else statement.replace("?", "%s")

    def rows(self, statement: str, *values) -> list:
        return self.open.execute(self.sql(statement), values).fetchall()

    def save(self, round_id: int, person_id: int, answers: list[tuple]) -> None:
        cursor = self.open.cursor()
        cursor.execute(self.begin)
        cursor.executemany(self.sql(KEEP), [(round_id, answer[0]) for answer in answers])
        cursor.executemany(self.sql(WRITE), [(round_id, *answer, person_id) for answer in answers])
        cursor.execute("COMMIT")


def _compression():
    """The very module that the application uses, without the application: the floor stays as small and as quick to start as it is."""
    path = Path(__file__).parents[1] / "score_web/core/compression.py"
    spec = importlib.util.spec_from_file_location("floor_compression", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(known: Recorded) -> Flask:
    app = Flask("floor")
    app.config.update(SECRET_KEY=known.secret_key, SESSION_COOKIE_NAME=known.cookie, SESSION_REFRESH_EACH_REQUEST=False)
    _compression().init_app(app)
    connections = Connections(known.database)

    @app.after_request
    def same_headers(response: Response) -> Response:
        response.headers.update(known.headers)
        return response

    def person() -> tuple:
        found = connections.rows(PERSON, hashlib.sha256(session.get("_user_id", "").encode()).hexdigest())
        return found[0] if found else abort(401)

    @app.get("/<path:path>")
    def page(path: str) -> str:
        person()
        connections.rows(ANSWERS, known.round_id)
        return known.pages[f"/{path}"]

    @app.post("/<path:path>")
    def save(path: str) -> Response:
        who = person()
        connections.save(known.round_id, who[0], [_answer(name.removesuffix(".seal")) for name in request.form if name.endswith(".seal")])
        if request.accept_mimetypes.best == "application/json":
            return Response(known.saved, mimetype="application/json")
        return Response(status=303, headers={"Location": f"/{path}"})

    return app


def _answer(statement: str) -> tuple:
    form = request.form
    choice = form.get(statement, "")
    texts = (form.get(f"{statement}.{name}", "") for name in ("reason", "note"))
    return statement, int(choice) if choice.isdigit() else None, choice == "na", *texts, f"{statement}.discuss" in form


def from_file() -> Flask:
    return build(Recorded(**json.loads(Path(os.environ["FLOOR"]).read_text("utf-8"))))
