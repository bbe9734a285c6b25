"""Do the requests of a process compute one after another on SQLite, and does nobody wait for slow work, or for PostgreSQL?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from score_web.access import public
from score_web.core import turns
from score_web.core.db import db, let_go

pytestmark = [pytest.mark.both_engines, pytest.mark.own_app]
LONG = 20  # seconds that never pass


class Busy:
    """A page that says how many are at work in it at once; the first of them stays until it is told to go on."""

    def __init__(self, app, before=lambda: None):
        self.lock, self.there, self.go_on, self.inside, self.most = Lock(), Event(), Event(), 0, 0
        self.before, self.app = before, app
        app.add_url_rule("/busy", "busy", public(self.show))

    def show(self):
        self.before()
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            first = not self.there.is_set()
            self.there.set()
        if first:
            self.go_on.wait(LONG)
        with self.lock:
            self.inside -= 1
        return "done"

    def ask(self) -> int:
        return self.app.test_client().get("/busy").status_code


def is_lite(app) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


def answered_while_one_is_at_work(busy: Busy, patience: float) -> bool:
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(busy.ask)
        assert busy.there.wait(LONG)
        second = pool.submit(busy.ask)
        try:
            return second.result(patience) == 200
        except TimeoutError:
            return False
        finally:
            busy.go_on.set()
            assert [first.result(LONG), second.result(LONG)] == [200, 200]


def test_one_computes_after_another_on_sqlite(app, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    busy = Busy(app)
    assert answered_while_one_is_at_work(busy, 0.3) is not is_lite(app)
    assert busy.most == (1 if is_lite(app) else 2)


def test_who_has_slow_work_lets_the_next_one_go(app, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    assert answered_while_one_is_at_work(Busy(app, before=let_go), LONG)


def test_who_has_waited_long_enough_goes_beside(app):
    assert answered_while_one_is_at_work(Busy(app), LONG)


def test_a_page_that_fails_gives_its_turn_back(app, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/broken", "broken", public(lambda: 1 / 0))
    assert [app.test_client().get("/broken").status_code for _ in range(2)] == [500, 500]
    turn = app.extensions["score_turn"]
    assert turn is None or not turn.locked()
