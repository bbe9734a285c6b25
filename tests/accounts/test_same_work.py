"""Nobody learns from how long an answer takes whether an address has an account: the same hashing and the same statements either way.

Counted instead of timed: a clock in a test only tells how busy the machine is.
"""

import argon2
import pytest
from sqlalchemy import event

from score_web.access import new_key
from score_web.accounts.models import Link
from score_web.core import clock
from score_web.core.db import db
from tests.accounts.two_steps import code_at, first_step, later, two_steps
from tests.client import Client
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.own_app

NEW = {"name": "Lin Mei", "password": "teapot-Ladder-rain-7", "agreed": "y"}


class Work:
    """What a request costs: kinds of hashing, and statements without their values."""

    def __init__(self, monkeypatch):
        self.done = []
        for name in ("hash", "verify"):
            monkeypatch.setattr(argon2.PasswordHasher, name, self._noted(name, getattr(argon2.PasswordHasher, name)))
        event.listen(db.engine, "before_cursor_execute", self._listen)

    def _noted(self, name, original):
        def noted(*args, **options):
            self.done.append(f"argon2 {name}")
            return original(*args, **options)

        return noted

    def _listen(self, _connection, _cursor, statement, *_rest):
        self.done.append(statement)

    def of(self, app, path, data, status, client=None) -> list[str]:
        client = client or Client(app)
        client.get(path)
        db.session.rollback()
        self.done.clear()
        client.post(path, data, status=status)
        return list(self.done)


@pytest.fixture
def work(database, monkeypatch):
    return Work(monkeypatch)


@pytest.mark.both_engines
def test_a_wrong_password_costs_the_same_for_every_kind_of_address(app, work):
    now = clock.now()
    kinds = [{}, {"suspended_at": now}, {"closed_at": now}, {"activated_at": None, "password_hash": ""}]
    addresses = ["nobody@factory.example", *(make_person(**kind).email for kind in kinds)]
    work.of(app, "/en/accounts/sign-in", {"email": "first@factory.example", "password": "x"}, 422)
    costs = [work.of(app, "/en/accounts/sign-in", {"email": email, "password": "wrong"}, 422) for email in addresses]
    assert costs[0].count("argon2 verify") == 1
    assert all(cost == costs[0] for cost in costs)
    for email in addresses:
        for _ in range(4):
            work.of(app, "/en/accounts/sign-in", {"email": email, "password": "wrong"}, 422)
    waits = [work.of(app, "/en/accounts/sign-in", {"email": email, "password": PASSWORD}, 429) for email in addresses]
    assert "argon2 verify" not in waits[0]
    assert all(wait == waits[0] for wait in waits)


@pytest.mark.both_engines
@pytest.mark.parametrize(("page", "typed"), [("forgot", {}), ("register", NEW)])
def test_asking_for_a_mail_costs_the_same_whether_or_not_the_address_is_known(app, work, page, typed):
    known, suspended = make_person(), make_person(suspended_at=clock.now())
    addresses = ["nobody@factory.example", known.email, suspended.email]
    costs = [work.of(app, f"/en/accounts/{page}", typed | {"email": email}, 303) for email in addresses]
    assert len([one for one in costs[0] if one.startswith("INSERT INTO message")]) == 1
    assert all(cost == costs[0] for cost in costs)
    assert costs[0].count("argon2 hash") == (page == "register")


def test_a_new_address_costs_the_same_whether_or_not_it_is_taken(app, work):
    taken = make_person()
    costs = []
    for email in ("free@factory.example", taken.email):
        client = Client(app).sign_in(make_person())
        costs.append(work.of(app, "/en/accounts/email", {"email": email, "current": PASSWORD}, 303, client))
    assert costs[0] == costs[1]


def test_links_that_open_nothing_open_nothing(client, database):
    """What is written for the sake of equal work is no way in: nobody is told its token, and no page takes it."""
    person = make_person()
    client.post("/en/accounts/register", NEW | {"email": person.email})
    client.post("/en/accounts/forgot", {"email": "nobody@factory.example"})
    assert [link.purpose for link in db.session.query(Link)] == ["nothing", "nothing"]
    from score_web.access import key_hash

    for link in db.session.query(Link):
        token = new_key()
        link.token_hash = key_hash(token)
        for page in ("activate", "reset", "invitation", "confirm-email"):
            client.get(f"/en/accounts/{page}/{token}", status=410)


def test_a_wrong_code_costs_the_same_whatever_is_wrong_about_it(app, work):
    costs = []
    for wrong in ("000000", "old"):
        person = make_person()
        two_steps(person)
        client = Client(app)
        with later(0):
            client.follow(first_step(client, person))
            code = code_at(clock.now().replace(minute=1)) if wrong == "old" else wrong
            costs.append(work.of(app, "/en/accounts/sign-in/code", {"code": code}, 422, client))
    assert costs[0] == costs[1]
