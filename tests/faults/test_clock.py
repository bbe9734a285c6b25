"""The clock jumps forwards and back: jobs go on, deadlines are not believed to be over at once, who is signed in stays so."""

from datetime import timedelta

import pytest

from score_web.accounts.services import throttle
from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.core.jobs import Job, JobState, Steady
from tests.client import Client
from tests.factories import make_enterprise

YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ran(app):
    calls = []
    app.extensions["score_jobs"] = {"test": Job("test", timedelta(hours=1), lambda: calls.append(clock.now()))}
    return calls


@pytest.mark.both_engines
def test_a_job_that_ran_in_a_wrong_future_runs_again(database, ran):
    now = clock.now()
    with clock.at(now + YEAR):
        assert jobs.run_due() == ["test"]
    with clock.at(now + MINUTE):
        assert jobs.run_due() == ["test"]
    with clock.at(now + 2 * MINUTE):
        assert jobs.run_due() == []


@pytest.mark.both_engines
def test_a_claim_from_a_wrong_future_holds_nobody_up(database, ran):
    db.session.add(JobState(name="test", next_run=clock.now(), claim="dead", claimed_until=clock.now() + YEAR))
    db.session.commit()
    assert jobs.run_due() == ["test"]


def test_deadlines_wait_until_the_clock_has_been_right_for_a_while():
    steady, now = Steady(), clock.now()
    looks = [(0, 0), (20, 20), (40, 40 + 86400 * 365), (60, 60 + 86400 * 365), (80, 80), (100, 100), (600, 600), (700, 700)]
    said = [steady.is_so(passed, now + timedelta(seconds=wall)) for passed, wall in looks]
    assert said == [True, True, False, False, False, False, False, True]


def test_who_signed_in_before_the_clock_was_put_back_stays_signed_in(app, database, monkeypatch):
    """By a year, or by the second that another machine is behind."""
    _, person = make_enterprise()
    client, real = Client(app), __import__("time").time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + YEAR.total_seconds())
    with clock.at(clock.now() + YEAR):
        client.sign_in(person)
    monkeypatch.undo()
    client.get("/en/dashboard")
    client.get("/en/dashboard")
    with clock.at(clock.now() + timedelta(hours=13)):
        client.get("/en/dashboard", status=303)


def test_a_clock_that_ran_ahead_signs_out_and_loses_nothing(app, database):
    _, person = make_enterprise()
    client = Client(app).sign_in(person)
    with clock.at(clock.now() + timedelta(hours=13)):
        assert "/sign-in" in client.get("/en/dashboard", status=303).location
    client.get("/en/dashboard")


@pytest.mark.both_engines
def test_wrong_tries_in_a_wrong_future_make_nobody_wait_for_a_year(database):
    who = "somebody@example.com"
    with clock.at(clock.now() + YEAR):
        for _try in range(throttle.MAIL_ADDRESS.tries + 3):
            throttle.count(throttle.MAIL_ADDRESS, who)
        for _try in range(throttle.SIGN_IN_ADDRESS.free + 3):
            throttle.count(throttle.SIGN_IN_ADDRESS, who)
    assert throttle.count(throttle.MAIL_ADDRESS, who) <= throttle.MAIL_ADDRESS.minutes
    assert throttle.minutes_left((throttle.SIGN_IN_ADDRESS, who)) <= throttle.SIGN_IN_ADDRESS.longest
