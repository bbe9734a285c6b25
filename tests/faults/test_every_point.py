"""Whoever dies at any point of any write leaves all of it or nothing, and whoever comes next simply goes on."""

from collections import Counter
from datetime import timedelta

import pytest
import zxcvbn  # noqa: F401 - loaded once, not in each process that is to die
from sqlalchemy import func, select

from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.core.i18n import LANGUAGES, in_language
from score_web.models import mail
from tests.torture import errands, invariants
from tests.torture.points import Inside, die_at
from tests.torture.postman import Postman
from tests.torture.town import Town
from tests.torture.writes import everything_is_due

CIRCLES = {"Enrolling": 2, "Visiting": 3, "Showing": 2, "Answering": 1, "Keying": 1, "Changing": 1, "Registering": 2}
MOST_POINTS = 60
BY_THE_WAY = {"throttle", "job", "audit_pending", "audit_seal", "audit_head", "name_part"}  # counted, sealed or indexed again


@pytest.fixture
def town(app):
    with app.test_request_context():
        for language in LANGUAGES:
            with in_language(language):
                for name in app.jinja_env.list_templates(filter_func=lambda name: "/email_" in name):
                    app.jinja_env.get_template(name)
    return Town(app)


def rows() -> Counter:
    """How many there are of each."""
    tables = [table for table in db.metadata.sorted_tables if table.name not in BY_THE_WAY]
    return Counter({table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables})


def looked_at(app, errand) -> tuple[int, Counter]:
    with app.app_context():
        number = errand.landed()
        assert number in (errand.sent, errand.sent + 1)
        errand.sent = number
        assert not (wrong := errand.wrong() + invariants.broken()), wrong
        return number, rows()


def every_point(app, errand) -> tuple[int, Counter]:
    """One step, again and again until nobody dies in it any more; at how many points somebody did, and what the step adds."""
    circle = CIRCLES[type(errand).__name__]
    begun, seen, point, step = errand.sent % circle, [], 0, None
    while point < MOST_POINTS:
        while errand.sent % circle != begun:  # it was stored although its sender died: on to the same step again
            errand.save("")
        if step is None:
            step, before = errand.prepare(""), looked_at(app, errand)[1]
        sent, point = errand.sent, point + 1
        outcome = die_at(app, point, lambda step=step: errand.send("", step))
        number, after = looked_at(app, errand)
        if number > sent:
            step = seen.append(after - before)
        else:
            assert after == before, f"point {point}: {after - before} stands half-done"
        before = after
        if not outcome.died:
            assert number > sent, "confirmed and not there"
            break
    assert all(one == seen[0] for one in seen), seen
    return point - 1, seen[0]


@pytest.mark.parametrize("name", CIRCLES)
def test_a_write_is_there_whole_or_not_at_all(app, town, name):
    errand = next(e for e in town.errands(lambda email: Inside(app, email)) if type(e).__name__ == name)
    errand.sign_in("")
    died = [every_point(app, errand) for _step in range(CIRCLES[name])]
    assert all(points >= 3 for points, _added in died), died
    with app.app_context():
        assert not (wrong := invariants.swept() + invariants.broken()), wrong


@pytest.fixture
def postman(app):
    postman = Postman()
    app.config["SMTP_URL"] = postman.address
    yield postman
    postman.stop()


@pytest.mark.parametrize("name", ["mail", "bookings", "pulse", "files", "audit"])
def test_a_job_that_dies_is_finished_by_the_next(app, town, postman, name):
    every = {e.__class__: e for e in town.errands(lambda email: Inside(app, email))}
    visit, answer = every[errands.Visiting], every[errands.Answering]
    visit.sign_in("")
    visit.save("")
    for _worker in range(6):
        answer.save("")
    with app.app_context():
        one = jobs.current_app.extensions["score_jobs"][name]
    app.extensions["score_jobs"] = {name: one}
    later, point, died = clock.now() + timedelta(days=4), 0, True

    def work() -> None:
        with app.app_context(), clock.at(later):
            everything_is_due()
            jobs.run_due()

    while died and point < MOST_POINTS:
        point += 1
        died = die_at(app, point, work).died
        with app.app_context():
            assert not (wrong := invariants.broken()), wrong
        later += timedelta(hours=1)
    assert 2 < point < MOST_POINTS
    with app.app_context():
        check(name, town, postman)


def check(name: str, town, postman) -> None:
    """What the job is for has happened, once."""
    if name == "mail":
        there = set(db.session.scalars(select(mail.Message.id)))
        assert there == set(postman.arrived())
        assert db.session.scalar(select(func.count()).select_from(mail.Message).where(mail.Message.sent_at.is_(None))) == 0
    elif name == "bookings":
        assert invariants.events("booking") == {1: ["booking.request", "booking.lapse"]}
    elif name == "pulse":
        assert db.session.get(invariants.PulseSurvey, town.survey_id).told == 6
    elif name == "files":
        assert not invariants.swept()
