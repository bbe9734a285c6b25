"""Everybody writes, then the server dies; what was confirmed is compared with what is there; the server comes back; again."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event

from sqlalchemy import text

from score_web.core import chain, inspection
from score_web.core.db import db
from tests.torture.server import PATIENCE, Server, started

BUSY = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")


@dataclass
class Count:
    """What happened, for the last line."""

    kills: int = 0
    saves: int = 0
    under_way: int = 0
    landed: int = 0
    sealed: int = 0
    waiting: int = 0

    def add(self, person, number: int) -> None:
        """`number` is the save that is there: the one confirmed last, or the one under way; from it the person goes on."""
        self.under_way += person.sent > person.confirmed
        self.landed += number > person.confirmed
        person.confirmed = person.sent = number


class Bursts:
    """One kill in `whole` takes the whole server, the others its workers. Who inherits has `people`, who each know `look`, `save` and
    how many `saves` were confirmed, and says in `compare` what must be there."""

    people: list

    def __init__(self, app, *, whole: int = 2, hurry: bool = False, **settings):
        self.app, self.server, self.count, self.whole = app, Server(app, hurry=hurry, **settings), Count(), whole

    def run(self, kills: int, tell=lambda count: None) -> Count:
        with started(self.server):
            for person in self.people:
                person.sign_in(self.server.address)
            for number in range(kills):
                self._burst(only_workers=(number + 1) % self.whole > 0)
                self.compare()
                self.audit_is_whole()
                tell(self.count)
            for person in self.people:
                person.look(self.server.address)
        self.audit_is_whole()
        return self.count

    def _burst(self, *, only_workers: bool) -> None:
        """Everybody saves; after some saves, at a moment that chance decides, the server dies and is started again."""
        stop, before = Event(), self._saves()
        enough = before + random.randint(1, 12)
        with ThreadPoolExecutor(len(self.people)) as pool:
            working = [pool.submit(self._keep_saving, person, stop) for person in self.people]
            try:
                while self._saves() < enough and not any(one.done() for one in working):
                    time.sleep(0.002)
                time.sleep(random.uniform(0, 0.03))
            finally:  # also when somebody presses Ctrl-C
                stop.set()
            self.kill(only_workers=only_workers)
        for one in working:
            if one.exception():
                raise AssertionError(self.server.log()) from one.exception()
        self.count.kills += 1
        self.count.saves += self._saves() - before
        self.server.wait() if only_workers else self.server.start()

    def kill(self, *, only_workers: bool) -> None:
        self.server.kill_workers() if only_workers else self.server.kill()

    def compare(self) -> None:
        raise NotImplementedError

    def audit_is_whole(self) -> None:
        """What waits can be sealed, and then all is as `flask audit verify` wants it, whoever was killed while sealing."""
        with self.app.app_context():
            chain.seal()
            found = inspection.inspect()
            assert found.is_whole, list(inspection.sentences(found))
            self.count.sealed, self.count.waiting = found.sealed, found.waiting

    def _saves(self) -> int:
        return sum(person.saves for person in self.people)

    def _keep_saving(self, person, stop: Event) -> None:
        try:
            person.look(self.server.address)
            while not stop.is_set():
                person.save(self.server.address)
        except (OSError, HTTPException):
            assert stop.is_set(), "the connection broke although nobody killed the server"

    def _settle(self) -> None:
        """PostgreSQL may still be finishing for a client that is dead."""
        if db.engine.dialect.name == "sqlite":
            return
        until = time.monotonic() + PATIENCE
        while db.session.scalar(BUSY) and time.monotonic() < until:
            time.sleep(0.01)
