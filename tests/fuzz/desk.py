"""Was that answered well? Sends a request, judges the answer, and puts the database back, so that every request meets the same site."""

import json
import re
import sqlite3
import time
from io import BytesIO, StringIO
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Response
from werkzeug.test import run_wsgi_app

from score_web.core.db import db
from tests.client import Page
from tests.fuzz.asking import TOKEN, Ask
from tests.fuzz.surface import VISITORS, Surface
from tests.headers import header_faults

LANGUAGE = re.compile(rb'<html[^>]* lang="([\w-]+)"')
REFUSED = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429}
COUNTED = {"throttle"}  # tries are counted, whatever comes of them
TOLD = {"audit_event", "audit_pending"}  # a password that did not fit, for whoever watches over accounts
FILLED_IN = re.compile(r"/assessment/\d+/(keying|\w)$")
KEPT = {"answer", "answer_version"}  # of a page of answers: one that is wrong or was overtaken keeps no other one waiting
TOO_LONG = 5  # seconds of the processor: what grows with the square of what was typed
READ = {"receipt"}  # who was shown whose data
LOOKS_LIKE_A_SLIP = re.compile(rb"None|undefined|%\(|\{\{|\{%|Traceback")  # shown as typed, so that the client of tests would complain
UNSHOWABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")  # typed, shown again as typed: no parser likes that


class Harm(AssertionError):
    """An answer that must not be; says which, and the line with which it is sent again."""


class Desk:
    def __init__(self, app, visitors=VISITORS):
        self.app, self.surface = app, Surface(app, visitors)
        with app.app_context():
            self.engine = db.engine
        self.live, self.before = sqlite3.connect(self.engine.url.database), sqlite3.connect(":memory:")
        self.live.execute("PRAGMA synchronous=OFF")
        self.live.backup(self.before)
        self.version = self._version()
        self.asked, self.statuses = 0, {}
        self.seen = set()  # of each page, status and language one is checked whole

    def check(self, ask: Ask) -> None:
        """Raises Harm."""
        begun = time.process_time()
        try:
            response = self.send(ask)
            spent = time.process_time() - begun
            faults = [*self.faults(ask, response), *([f"took {spent:.1f} s of work"] if spent > TOO_LONG else [])]
        except Exception as error:
            raise Harm(f"{type(error).__name__}: {error}\nfor found.json: {ask.line()}") from error
        finally:
            self._undo()
        if faults:
            raise Harm("\n".join([*faults, f"for found.json: {ask.line()}"]))

    def send(self, ask: Ask) -> Response:
        body, status, headers = run_wsgi_app(self.app, self._environ(ask), buffered=True)
        response = Response(b"".join(body), status, headers)
        self.asked += 1
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        return response

    def _environ(self, ask: Ask) -> dict:
        """As a server hands it over: the path unquoted to bytes, nothing made right."""
        body = ask.body.replace(TOKEN, self.surface.tokens[ask.visitor].encode())
        return {
            "REQUEST_METHOD": ask.method, "SCRIPT_NAME": "", "PATH_INFO": unquote_to_bytes(ask.path.encode()).decode("latin-1"),
            "QUERY_STRING": ask.query, "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "HTTP_COOKIE": self.surface.cookies[ask.visitor],
            "CONTENT_TYPE": ask.kind, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), "wsgi.url_scheme": "http",
            "wsgi.errors": StringIO(), "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **dict(ask.extra),
        }  # fmt: skip

    def faults(self, ask: Ask, response: Response):
        if response.status_code >= 500:
            yield f"{ask.method} {ask.path} as {ask.visitor or 'nobody'}: {response.status_code}"
        yield from header_faults(response, ask.path)
        if self.engine.pool.checkedout():
            yield f"{self.engine.pool.checkedout()} connections were not given back"
        yield from self._stored(ask, response.status_code)
        location = urlsplit(response.headers.get("Location", ""))
        if location.netloc not in ("", "localhost", dict(ask.extra).get("HTTP_HOST")) or location.path.startswith(("//", "/\\")):
            yield f"leads away to {response.headers['Location']}"
        yield from self._readable(ask, response)

    def _stored(self, ask: Ask, status: int):
        if self._version() == self.version:
            return
        changed = self._changed()
        if ask.method in ("GET", "HEAD", "OPTIONS") and changed - READ:
            yield f"a {ask.method} wrote {changed - READ}"
        allowed = COUNTED | (TOLD if "/accounts/" in ask.path else KEPT if FILLED_IN.search(ask.path) else set())
        if status in REFUSED and changed - allowed:
            yield f"refused with {status}, and yet wrote {changed - allowed}"

    def _readable(self, ask: Ask, response: Response):
        content = response.get_data()
        if "Content-Encoding" in response.headers:
            return
        if response.mimetype == "application/json" and content:
            json.loads(content)
        if response.mimetype != "text/html" or not content or 300 <= response.status_code < 400:
            return
        if b"<script>alert" in content:
            yield "what was sent has become part of the page"
        language, wanted = LANGUAGE.search(content), {"/zh/": "zh-CN", "/en/": "en"}.get(ask.path[:4])
        if language is None or (wanted and language[1].decode() != wanted):
            yield f"the page is in {language and language[1]}, not in {wanted}"
        key = (self.surface.endpoint(ask.path, ask.method), response.status_code, wanted)
        typed = unquote_to_bytes(ask.query) + unquote_to_bytes(ask.body)
        if key not in self.seen and len(content) < 300_000 and not LOOKS_LIKE_A_SLIP.search(typed):
            self.seen.add(key)
            response.set_data(UNSHOWABLE.sub("", content.decode()))
            Page(response, re.sub("^/+", "/", ask.path))

    def _version(self) -> int:
        """Changes when somebody else writes into the file."""
        return self.live.execute("PRAGMA data_version").fetchone()[0]

    def _changed(self) -> set[str]:
        tables = [name for (name,) in self.before.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name for name in tables if self._rows(self.live, name) != self._rows(self.before, name)}

    def _rows(self, file: sqlite3.Connection, table: str) -> list:
        return file.execute(f'SELECT * FROM "{table}"').fetchall()

    def _undo(self) -> None:
        if self._version() != self.version:
            self.before.backup(self.live)
            self.version = self._version()
