"""Is every confirmed answer still there after `kill -9` of the server? `make torture` asks it 200 times on each database.

Four people fill in one self-assessment at once over HTTP, as browsers do: two through the form, two as the script of the page
does. Each save writes a whole theme, marked with its number. In the middle of this the server is killed: mostly its worker (as
the kernel does when memory runs out), every tenth time all of it. Then each theme must hold, whole, the save confirmed last,
or the one under way.
"""

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Event
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from sqlalchemy import text

from score_web.accounts.models import Organisation
from score_web.assessment import questionnaire
from score_web.assessment.queries import answers_of
from score_web.core.db import db
from score_web.permissions import Role
from tests.assessment.filling import make_filling
from tests.conftest import build, migrate
from tests.engines import Postgres
from tests.factories import PASSWORD, add_membership, make_person

PATIENCE = 60  # seconds; a busy machine is slow, not wrong
BUSY = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")


class Server:
    """What `flask serve` starts, in a process group of its own on a free port. `hurry`: one worker, and the application is loaded before
    it, so that the next worker is there at once."""

    def __init__(self, app, *, hurry: bool = False):
        self.folder = Path(app.config["SCORE_DATA_DIR"])
        settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "SECRET_KEY", "SCORE_DATA_DIR")}
        self.environment = os.environ | settings | {"SCORE_ENV": "demo", "HOST": "127.0.0.1"}
        self.environment |= {"GUNICORN_CMD_ARGS": "--preload"} if hurry else {}
        self.command = [sys.executable, "-m", "flask", "--app", "app", "serve", *(["--workers", "1"] if hurry else [])]
        self.process, self.port = None, 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=Path(__file__).parents[1], stdout=log, stderr=log,
                env=self.environment | {"PORT": str(self.port)}, start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return build_opener().open(f"{self.address}/healthz", timeout=PATIENCE).close()
            except (OSError, HTTPException):
                time.sleep(0.02)
        raise AssertionError(f"the server did not start: {self.log()}")

    def log(self) -> str:
        return (self.folder / "server.log").read_text()[-3000:]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_workers(self) -> None:
        for worker in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


class Visitor:
    """Somebody at a browser: keeps cookies, follows nothing by itself."""

    def __init__(self, email: str, password: str = PASSWORD):
        self.email, self.password = email, password
        self.http = build_opener(HTTPCookieProcessor(CookieJar()), _Stay)

    def ask(self, url: str, form: dict | None = None, accept: str = "text/html") -> tuple[int, bytes]:
        try:
            answer = self.http.open(Request(url, urlencode(form).encode() if form else None, {"Accept": accept}), timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read()

    def sign_in(self, address: str) -> None:
        sign_in = f"{address}/en/accounts/sign-in"
        _, page = self.ask(sign_in)
        status, _ = self.ask(sign_in, {"csrf_token": hidden(page)["csrf_token"], "email": self.email, "password": self.password})
        assert status == 303, f"signing in: {status}"


class Filler(Visitor):
    """Saves one theme again and again; knows what was sent and what was confirmed."""

    def __init__(self, email: str, path: str, theme: questionnaire.Theme, *, script: bool):
        super().__init__(email)
        self.path, self.script = f"{path}/{theme.letter}", script
        self.statements = [statement.id for statement in theme.statements]
        self.sent = self.confirmed = self.saves = 0
        self.form: dict[str, str] = {}

    def look(self, address: str) -> None:
        """The page as it is after the server came back; it shows what the database holds."""
        status, page = self.ask(address + self.path)
        assert status == 200, f"{self.path}: {status}: the server forgot who this is"
        if self.confirmed:
            assert f"\nsave {self.confirmed}</textarea>".encode() in page, f"{self.path} does not show save {self.confirmed}"
        self.form = hidden(page)

    def save(self, address: str) -> None:
        """Send the next save; it counts as confirmed when the server says so."""
        self.sent += 1
        said = {}
        for place, statement in enumerate(self.statements):
            said |= {statement: choice(self.sent, place), f"{statement}.reason": "", f"{statement}.note": f"save {self.sent}"}
        accept = "application/json" if self.script else "text/html"
        status, body = self.ask(address + self.path, self.form | said, accept)
        assert status == (200 if self.script else 303), f"{self.path}: {status} for save {self.sent}"
        if self.script:
            self._read(json.loads(body))
        self.confirmed = self.sent
        self.saves += 1
        if not self.script:
            self.look(address)

    def _read(self, answer: dict) -> None:
        for statement in self.statements:
            assert re.search(r"saved \d\d:\d\d", answer["html"][f"{statement}-status"]), f"{statement}: 200, but not said to be saved"
            self.form[f"{statement}.seal"] = answer["answers"][statement]["seal"]


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page: the token and the seals."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.decode()))


def choice(number: int, place: int) -> str:
    return str((number + place) % 4)


@dataclass
class Count:
    """What happened, for the last line."""

    kills: int = 0
    saves: int = 0
    under_way: int = 0
    landed: int = 0


class Torture:
    """`run(kills)` on the database of this application, with four people. One kill in `whole` takes the whole server, the others its
    workers."""

    def __init__(self, app, *, whole: int = 2, hurry: bool = False):
        self.app, self.server, self.count, self.whole = app, Server(app, hurry=hurry), Count(), whole
        with app.app_context():
            filling = make_filling()
            emails = [*filling.emails, *self._colleagues(filling.enterprise.id)]
            self.round_id = int(filling.path.rpartition("/")[2])
        themes = questionnaire.module(1).themes
        self.people = [Filler(email, filling.path, themes[n], script=bool(n % 2)) for n, email in enumerate(emails)]

    def _colleagues(self, enterprise_id: int) -> list[str]:
        people = [make_person(), make_person()]
        for person in people:
            add_membership(person, db.session.get(Organisation, enterprise_id), Role.ENTERPRISE)
        emails = [person.email for person in people]
        db.session.commit()
        return emails

    def run(self, kills: int, tell=lambda count: None) -> Count:
        with started(self.server):
            for filler in self.people:
                filler.sign_in(self.server.address)
            for number in range(kills):
                self._burst(only_workers=(number + 1) % self.whole > 0)
                self.compare()
                tell(self.count)
            for filler in self.people:
                filler.look(self.server.address)
        return self.count

    def _burst(self, *, only_workers: bool) -> None:
        """Everybody saves; after some saves, at a moment that chance decides, the server dies and is started again."""
        stop, before = Event(), self._saves()
        enough = before + random.randint(1, 12)
        with ThreadPoolExecutor(len(self.people)) as pool:
            working = [pool.submit(self._keep_saving, filler, stop) for filler in self.people]
            try:
                while self._saves() < enough and not any(one.done() for one in working):
                    time.sleep(0.002)
                time.sleep(random.uniform(0, 0.03))
            finally:  # also when somebody presses Ctrl-C
                stop.set()
            self.server.kill_workers() if only_workers else self.server.kill()
        for one in working:
            if one.exception():
                raise AssertionError(self.server.log()) from one.exception()
        self.count.kills += 1
        self.count.saves += self._saves() - before
        self.server.wait() if only_workers else self.server.start()

    def _saves(self) -> int:
        return sum(filler.saves for filler in self.people)

    def _keep_saving(self, filler: Filler, stop: Event) -> None:
        try:
            filler.look(self.server.address)
            while not stop.is_set():
                filler.save(self.server.address)
        except (OSError, HTTPException):
            assert stop.is_set(), "the connection broke although nobody killed the server"

    def compare(self) -> None:
        """Each theme holds one save, whole: the one confirmed last, or the one that was under way."""
        with self.app.app_context():
            self._settle()
            stored = {statement: found.reply for statement, found in answers_of(self.round_id).items()}
        for filler in self.people:
            found = {(stored[s].note, stored[s].choice) for s in filler.statements if s in stored}
            whole = {n: self._whole(filler, n) for n in (filler.confirmed, filler.sent)}
            number = next((n for n, expected in whole.items() if found == expected), None)
            assert number is not None, f"{filler.path}: {filler.confirmed} was confirmed, {filler.sent} sent; there is {sorted(found)}"
            self.count.under_way += filler.sent > filler.confirmed
            self.count.landed += number > filler.confirmed
            filler.confirmed = filler.sent = number

    @staticmethod
    def _whole(filler: Filler, number: int) -> set:
        """What the theme looks like after this save; empty before the first one."""
        return {(f"save {number}", choice(number, place)) for place in range(len(filler.statements))} if number else set()

    def _settle(self) -> None:
        """A SQLite file must be sound; PostgreSQL may still be finishing for a client that is dead."""
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
            return
        until = time.monotonic() + PATIENCE
        while db.session.scalar(BUSY) and time.monotonic() < until:
            time.sleep(0.01)


@contextmanager
def started(server: Server):
    server.start()
    try:
        yield
    finally:
        server.kill()


def report(engine: str, kills: int):
    begun = time.monotonic()

    def tell(count: Count) -> None:
        if count.kills % 50 == 0 or count.kills == kills:
            print(f"{engine}: killed {count.kills} times in {time.monotonic() - begun:.0f} s; {count.saves} saves confirmed, none lost; "
                  f"{count.under_way} under way at the kill, {count.landed} of them stored, whole", flush=True)

    return tell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often on each database")
    kills = parser.parse_args().kills
    postgres = Postgres()
    try:
        postgres.execute("CREATE DATABASE torture")
        for engine in ("sqlite", "postgresql"):
            with tempfile.TemporaryDirectory() as folder:
                app = build(f"sqlite:///{folder}/torture.db" if engine == "sqlite" else postgres.uri("torture"), folder)
                migrate(app)
                Torture(app, whole=10, hurry=True).run(kills, tell=report(engine, kills))
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
