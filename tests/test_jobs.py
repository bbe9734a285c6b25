"""Do jobs run when they are due, never two at once, and again when somebody was killed in the middle?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Lock, Timer

import pytest

from score_web.core import clock, jobs, serving
from score_web.core.db import db
from score_web.core.jobs import Job, JobState

pytestmark = pytest.mark.both_engines


@pytest.fixture
def ran(app):
    """The application has one job only, which writes down that it ran."""
    calls = []
    app.extensions["score_jobs"] = {"test": Job("test", timedelta(hours=1), lambda: calls.append(clock.now()))}
    return calls


def after(**time):
    return clock.at(clock.now() + timedelta(**time))


def test_a_job_runs_when_it_is_due(database, ran):
    assert jobs.run_due() == ["test"]
    assert jobs.run_due() == []
    with after(minutes=59):
        assert jobs.run_due() == []
    with after(minutes=61):
        assert jobs.run_due() == ["test"]
    assert len(ran) == 2


def test_two_never_run_one_at_once(app, ran):
    gate, lock, inside, most = Barrier(8), Lock(), [], []

    def slowly():
        with lock:
            inside.append(1)
            most.append(len(inside))
        Event().wait(0.2)
        with lock:
            inside.pop()

    app.extensions["score_jobs"] = {"test": Job("test", timedelta(hours=1), slowly)}

    def process(_number):
        with app.app_context():
            gate.wait()
            return jobs.run_due()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(process, range(8))) == [[]] * 7 + [["test"]]
    assert most == [1]


def test_one_that_looked_and_then_slept_finds_the_job_done(database, ran):
    """Between the look and the claim a machine may stop for a while: what another did meanwhile is not done again."""
    job = jobs.current_app.extensions["score_jobs"]["test"]
    seen = jobs._seen(job)
    assert seen.is_due(job)
    assert jobs.run_due() == ["test"]
    assert not jobs._claimed(job, seen, "late")
    assert jobs._seen(job).claim is None


def test_one_that_was_killed_is_run_again(database, ran):
    """Whoever has it may be at work for ten minutes; then it is believed dead."""
    job = jobs.current_app.extensions["score_jobs"]["test"]
    assert jobs._claimed(job, jobs._seen(job), "killed")
    with after(minutes=9):
        assert jobs.run_due() == []
    with after(minutes=11):
        assert jobs.run_due() == ["test"]
        jobs._finish(job, "killed")  # the dead one wakes up: it has nothing to say any more
        assert db.session.get(JobState, "test").next_run > clock.now() + timedelta(minutes=50)


def test_a_failed_one_stores_nothing_and_is_tried_again(app, database, ran, caplog):
    def fail():
        db.session.add(JobState(name="half", next_run=clock.now()))
        db.session.flush()
        raise RuntimeError("no")

    app.extensions["score_jobs"] = {"test": Job("test", timedelta(hours=1), fail)}
    jobs.run_due()
    assert "job test failed" in caplog.text
    assert db.session.get(JobState, "half") is None
    with after(minutes=61):
        assert jobs.run_due() == ["test"]


def test_who_is_told_to_stop_finishes_the_job_at_work_and_begins_no_other(app, monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0.01)
    begun, go_on, done = Event(), Event(), []

    def slowly():
        begun.set()
        go_on.wait(20)
        done.append("first")

    app.extensions["score_jobs"] = {
        "first": Job("first", timedelta(hours=1), slowly),
        "second": Job("second", timedelta(hours=1), lambda: done.append("second")),
    }
    jobs.start(app)
    assert begun.wait(20)
    Timer(0.1, go_on.set).start()
    jobs.stop(app)
    assert done == ["first"]
    with app.app_context():
        assert db.session.get(JobState, "first").claim is None  # the next process need not wait until the claim has run out


def test_features_register_what_happens_by_itself(app):
    assert {"mail", "bookings", "pulse"} <= set(app.extensions["score_jobs"])


def test_the_command_runs_what_is_due(app):
    assert "pulse" in app.test_cli_runner().invoke(args=["jobs", "run"]).output
    assert "nothing was due" in app.test_cli_runner().invoke(args=["jobs", "run"]).output


def test_the_server_works_on_jobs_and_keeps_no_access_log(monkeypatch, app):
    started = []
    monkeypatch.setattr(jobs, "start", started.append)
    serving.post_worker_init(type("Worker", (), {"wsgi": app}))
    assert started == [app]
    assert serving.SETTINGS["accesslog"] is None
