"""PostgreSQL is restarted between two requests and in the middle of one, stops answering, is away: the application stays up."""

import os
import shlex
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from score_web.accounts.services.throttle import FORGIVE
from score_web.core import clock, faults
from score_web.core.db import AT_REST, db
from score_web.core.reading import read
from score_web.core.writing import write
from tests.conftest import build, migrate
from tests.engines import Postgres
from tests.torture import invariants
from tests.torture.errands import Keying
from tests.torture.points import Inside
from tests.torture.town import Town


@pytest.fixture(scope="module")
def server():
    """One of our own: restarting it disturbs nobody else."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def signed_in(server, tmp_path_factory):
    server.execute("CREATE DATABASE town")
    app = build(server.uri("town"), tmp_path_factory.mktemp("town"))
    migrate(app)
    errand = next(e for e in Town(app).errands(lambda email: Inside(app, email)) if type(e) is Keying)
    errand.sign_in("")
    yield errand
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def errand(signed_in):
    """Somebody keys slips; how many are there is known."""
    signed_in.sent = landed(signed_in)
    return signed_in


def restart(server) -> None:
    server._run("pg_ctl", "-D", server.data, "-w", "-m", "fast", "-l", server.data / "log", "restart")


def told(errand, step) -> tuple[int, str]:
    person, path, form, files = step
    status, body = person.ask(path, form, files=files)
    return status, body.decode()


def landed(errand) -> int:
    with errand.town.app.app_context():
        assert not (wrong := invariants.broken()), wrong
        return errand.landed()


def test_a_restart_between_two_requests_is_not_noticed(server, errand):
    """Connections that rest are looked at before use; those of a moment ago are not, and no server is back that fast."""
    restart(server)
    time.sleep(AT_REST)
    before = errand.sent
    errand.save("")
    assert landed(errand) == before + 1


@pytest.mark.parametrize("moment", ["INSERT", "COMMIT"])
def test_a_restart_in_the_middle_of_a_request(server, errand, moment):
    """Before the commit nothing is stored, and said so; during it nobody knows, and the page says that."""
    step, done = errand.prepare(""), []

    def once(*arguments) -> None:
        if not done and (moment == "COMMIT" or arguments[2].startswith(moment)):
            done.append(restart(server))

    with errand.town.app.app_context():
        listened = db.engine, "commit" if moment == "COMMIT" else "before_cursor_execute", once
        event.listen(*listened)
    status, page = told(errand, step)
    assert done
    assert status == 503
    if moment == "COMMIT":
        assert "it may be stored or not" in page
    else:
        assert "nothing can be stored just now" in page or "What you typed is kept" in page
    assert step[2]["key"] in page
    with errand.town.app.app_context():
        event.remove(*listened)
    assert landed(errand) == errand.sent
    assert told(errand, step)[0] == 303, "the same button once more, without anybody's help"
    assert landed(errand) == errand.sent + 1


def test_a_connection_that_breaks_at_a_commit_without_the_session(server, errand):
    """As saved answers are committed: nobody knows then either, and the next request has another connection."""
    with errand.town.app.test_request_context(method="POST"):
        write(FORGIVE, who="nobody", past=clock.now())
        (asked,) = read(select(func.pg_backend_pid().label("number")))
        server.execute(f"SELECT pg_terminate_backend({asked.number})")
        with pytest.raises(OperationalError) as broken:
            db.session.commit()
        assert faults.passes(broken.value) and faults.is_uncertain(broken.value)
        faults.end_transaction()
        write(FORGIVE, who="nobody", past=clock.now())
        db.session.commit()


def test_a_database_that_is_away(server, errand):
    step = errand.prepare("")
    _program, _d, _folder, *options = shlex.split((server.data / "postmaster.opts").read_text())
    server._run("pg_ctl", "-D", server.data, "-m", "fast", "stop")
    http = errand.people[0].http
    try:
        status, page = told(errand, step)
        assert status == 503
        assert step[2]["key"] in page
        response = http.get("/zh/dashboard")
        assert (response.status_code, response.headers["Retry-After"]) == (503, str(faults.RETRY_AFTER))
        assert "请等半分钟" in response.text
        assert http.get("/healthz").status_code == 503
    finally:
        server._run("pg_ctl", "-D", server.data, "-w", "-l", server.data / "log", "-o", shlex.join(options), "start")
    assert http.get("/healthz").status_code == 200
    assert told(errand, step)[0] == 303
    assert landed(errand) == errand.sent + 1


def test_health_is_told_within_two_seconds_although_the_database_hangs(server, errand):
    """It takes the question and does not answer."""
    app = errand.town.app
    assert app.test_client().get("/healthz").status_code == 200
    first = int((server.data / "postmaster.pid").read_text().split()[0])
    stopped = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        answers = []
        asking = [threading.Thread(target=lambda: answers.append(app.test_client().get("/healthz").status_code)) for _ in range(3)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert answers == [503] * 3
        assert time.monotonic() - begun < 2
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)
    until = time.monotonic() + 20
    while app.test_client().get("/healthz").status_code != 200 and time.monotonic() < until:
        time.sleep(0.05)
    assert time.monotonic() < until
