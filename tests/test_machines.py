"""Do two machines with one database behave as one: who is signed in, who must wait, what was uploaded, and while they restart?"""

import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event
from types import SimpleNamespace

import pytest

from score_web.accounts.models import Person
from score_web.assessment import questionnaire
from score_web.core import clock
from score_web.core.db import db
from tests.assessment.filling import make_filling
from tests.assessment.proofs import photo
from tests.conftest import build
from tests.factories import make_person
from tests.machines import Machine, Roaming, cookies_of, send_photo, wrong_sign_ins
from tests.torture import Visitor, hidden


@pytest.fixture(scope="module")
def pair(postgres, postgres_template, tmp_path_factory):
    """Two machines, and an enterprise that fills in."""
    folder = tmp_path_factory.mktemp("machines")
    postgres.execute(f"CREATE DATABASE machines TEMPLATE {postgres_template}")
    app = build(postgres.uri("machines"), folder)
    with app.app_context():
        filling = make_filling()
        made = SimpleNamespace(app=app, emails=filling.emails, path=filling.path, guessed=[make_person().email, make_person().email])
        db.session.commit()
    settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "SECRET_KEY", "SCORE_DATA_DIR")} | {"SCORE_ENV": "demo"}
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        made.machines = [Machine(settings, folder / f"{name}.log") for name in "ab"]
        for machine in made.machines:
            stack.callback(machine.kill)
        list(pool.map(Machine.start, made.machines))
        made.addresses = [machine.address for machine in made.machines]
        yield made
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres.execute("DROP DATABASE machines WITH (FORCE)")


def test_who_signs_in_at_one_is_known_to_the_other_until_they_leave(pair):
    first, second = pair.addresses
    visitor, dashboard = Visitor(pair.emails[1]), "/en/dashboard"
    visitor.sign_in(first)
    status, _page = visitor.ask(second + dashboard)
    assert status == 200
    stolen = Visitor("")
    stolen.http.addheaders = [("Cookie", cookies_of(visitor))]
    assert stolen.ask(second + dashboard)[0] == 200
    _, profile = visitor.ask(second + "/en/accounts/profile")
    visitor.ask(first + "/en/accounts/sign-out", {"csrf_token": hidden(profile)["csrf_token"]})
    assert stolen.ask(second + dashboard)[0] == 303


def test_who_is_suspended_is_out_at_once_everywhere(pair):
    visitor = Visitor(pair.emails[1])
    visitor.sign_in(pair.addresses[0])
    with pair.app.app_context():
        person = db.session.scalar(db.select(Person).where(Person.email == pair.emails[1]))
        person.suspended_at = clock.now()
        db.session.commit()
    assert [visitor.ask(address + "/en/dashboard")[0] for address in pair.addresses] == [303, 303]


def test_wrong_passwords_are_counted_together(pair):
    alone, together = pair.guessed
    assert wrong_sign_ins(pair.addresses[:1], alone) == wrong_sign_ins(pair.addresses, together) < 20


def test_a_photo_sent_to_one_is_shown_by_the_other(pair):
    visitor = Visitor(pair.emails[0])
    visitor.sign_in(pair.addresses[0])
    statement = next(s.id for s in questionnaire.module(1).statements if s.evidence)
    page = f"{pair.path}/evidence/{statement}"
    assert send_photo(visitor, pair.addresses[0] + page, photo()) == 303
    _, listed = visitor.ask(pair.addresses[1] + page)
    address = re.search(rb"/en/assessment/evidence/\d+/file", listed)[0].decode()
    status, picture = visitor.ask(pair.addresses[1] + address)
    assert (status, picture[:2]) == (200, b"\xff\xd8")


def test_nothing_is_lost_while_one_stops_after_the_other(pair):
    """Three people save all the time: not one answer is missing, and nobody sees an error. The second stays away: it is not needed."""
    themes, done = questionnaire.module(1).themes, Event()
    people = [Roaming(pair.emails[0], pair.path, themes[n], script=bool(n % 2)).among(pair.addresses) for n in range(3)]

    def keep_saving(person: Roaming) -> None:
        person.look("")
        while not done.is_set():
            person.save("")
            done.wait(0.2)  # the machine that starts needs the processor too

    for person in people:
        person.sign_in("")
    with ThreadPoolExecutor(3) as pool:
        working = [pool.submit(keep_saving, person) for person in people]
        try:
            first, second = pair.machines
            first.stop()
            first.start()
            second.stop()
            more = sum(person.saves for person in people) + 3
            while sum(person.saves for person in people) < more and not any(one.done() for one in working):
                done.wait(0.02)
        finally:
            done.set()
        for one in working:
            one.result()
    for person in people:
        person.look("")
        assert person.saves == person.confirmed == person.sent > 0


ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ASK_PAGE = ASK.replace(b"/healthz", b"/en/")


def test_who_does_not_hang_up_keeps_nobody_waiting(pair):
    """Each is waited for two seconds, at most as many at once as there are threads; others are let in meanwhile."""
    port, begun = pair.machines[0].port, time.monotonic()
    with ExitStack() as lines:
        silent = [lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(6)]
        for one in silent:
            one.sendall(ASK)
            assert one.recv(15) == b"HTTP/1.1 200 OK"
        last = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        last.sendall(ASK)
        assert last.recv(15) == b"HTTP/1.1 200 OK"
    assert time.monotonic() - begun < 8  # one after the other would be twelve


def test_who_stands_at_the_door_is_let_in(pair):
    """Connected, and the form sent, but not accepted yet when the machine is told to stop: still answered, and a proxy that asks how
    it goes learns that nobody else should be sent here."""
    machine = pair.machines[0]
    machine.freeze_workers()
    waiting = [socket.create_connection(("127.0.0.1", machine.port), timeout=20) for _ in range(6)]
    for one, ask in zip(waiting, [ASK_PAGE] * 5 + [ASK], strict=True):
        one.sendall(ask)
    machine.process.send_signal(signal.SIGTERM)
    machine.wait_for_pending(signal.SIGTERM)
    with pytest.raises(TimeoutError):  # nobody else connects, only to be sent away
        socket.create_connection(("127.0.0.1", machine.port), timeout=0.5)
    machine.thaw_workers()
    answers = [one.recv(15) for one in waiting[:5]] + [waiting[5].makefile("rb").read()]
    for one in waiting:
        one.close()
    assert answers[:5] == [b"HTTP/1.1 200 OK"] * 5
    assert answers[5].startswith(b"HTTP/1.1 503") and answers[5].endswith(b'{"status":"draining"}\n')
    assert machine.process.wait(20) == 0

