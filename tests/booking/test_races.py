"""Thirty people at the same moment: exactly one gets the days, the others get the sentence. Random histories: no day is taken twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from score_web.accounts.models import Mandate
from score_web.booking import services
from score_web.booking.models import Booking
from score_web.booking.states import LIVE, BookingKind, BookingState
from score_web.core import clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.trainers.models import DayClaim, TrainerProfile
from tests.booking.arrange import FIRST, SECOND, Scene, pass_time, stop_clock
from tests.client import Client
from tests.factories import actor_of, make_trainer

pytestmark = pytest.mark.both_engines
THREADS = 30


def at_once(app, client, paths: list[str]) -> list[tuple[int, str]]:
    """Every address is posted to by a browser of its own with the same sign-in, all at the same moment."""
    client.get("/en/booking/")
    client.get(paths[0].rpartition("/")[0])
    cookie, gate = client.http.get_cookie("score").value, Barrier(len(paths))

    def press(path: str) -> tuple[int, str]:
        browser = app.test_client()
        browser.set_cookie("score", cookie)
        gate.wait()
        answer = browser.post(path, data={"csrf_token": client.token, "note": "See you <soon>"})
        return answer.status_code, answer.get_data(as_text=True)

    db.session.remove()
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(press, paths))


def test_of_thirty_colliding_requests_exactly_one_is_accepted(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    bookings = [scene.ask(*scene.another()).id for _ in range(THREADS)]
    db.session.commit()
    client = Client(app).sign_in(scene.trainer)
    answers = at_once(app, client, [f"/en/booking/{number}/accept" for number in bookings])
    assert sorted(status for status, _ in answers) == [303] + [409] * (THREADS - 1)
    refused = [page for status, page in answers if status == 409]
    assert all("These days are no longer free in your calendar" in page for page in refused)
    assert all("See you &lt;soon&gt;" in page for page in refused)
    assert sorted(db.session.scalars(db.select(DayClaim.day))) == [FIRST, SECOND]
    states = db.session.scalars(db.select(Booking.state)).all()
    assert states.count(BookingState.ACCEPTED) == 1
    assert states.count(BookingState.REQUESTED) == THREADS - 1
    assert len(db.session.scalars(db.select(Mandate)).all()) == 1


def test_the_same_request_accepted_thirty_times_counts_once(app, database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene()
    path = f"/en/booking/{scene.ask().id}/accept"
    db.session.commit()
    answers = at_once(app, Client(app).sign_in(scene.trainer), [path] * THREADS)
    assert sorted(status for status, _ in answers) == [303] + [409] * (THREADS - 1)
    assert (db.session.get(Booking, 1).sequence, db.session.query(DayClaim).count()) == (1, 2)


def check() -> None:
    """What must hold after every step: claims are exactly the days of accepted and completed bookings, and so are mandates."""
    live = db.session.scalars(db.select(Booking).where(Booking.state.in_(LIVE))).all()
    wanted = sorted((person, day, b.because) for b in live for person in b.trainer_ids for day in b.days)
    rows = db.select(TrainerProfile.person_id, DayClaim.day, DayClaim.because).join(DayClaim, DayClaim.trainer_id == TrainerProfile.id)
    claims = db.session.execute(rows)
    assert sorted(tuple(row) for row in claims) == wanted
    days = [(person, day) for person, day, _ in wanted]
    assert len(days) == len(set(days))
    mandates = db.session.scalars(db.select(Mandate).where(Mandate.ends_at > clock.now())).all()
    assert sorted((m.person_id, m.because, m.enterprise_id) for m in mandates) == sorted(
        (person, b.because, b.enterprise_id) for b in live for person in b.trainer_ids)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_histories_never_take_a_day_twice_and_every_live_mandate_has_a_live_booking(database, monkeypatch, seed):
    stop_clock(monkeypatch)
    dice = random.Random(seed)
    scene = Scene({1: "expert"})
    make_trainer(scene.institution, levels={1: "candidate"})
    make_trainer(scene.institution, levels={1: "certified"})
    firms = [(scene.enterprise, scene.head), *(scene.another() for _ in range(3))]
    done = set()
    for _ in range(60):
        db.session.commit()
        pass_time(monkeypatch, hours=dice.choice([1, 5, 30]))
        try:
            done.add(play(scene, firms, dice))
        except Refused:
            db.session.rollback()
        check()
    assert {"request", "accept", "cancel"} <= done


def play(scene, firms, dice) -> str:
    action = dice.choice(["request", "request", "accept", "accept", "accept", "decline", "cancel", "complete", "lapse"])
    if action == "lapse":
        services.lapse_overdue()
    elif action == "request":
        enterprise, head = dice.choice(firms)
        offers = scene.offers(enterprise)[:40]
        offer = dice.choice([o for o in offers if o.days[0] <= clock.today() + timedelta(days=9)] or offers)
        services.request_booking(enterprise, module=1, kind=BookingKind.CLASS, offer=offer, message="", by=actor_of(head))
    else:
        wanted = BookingState.REQUESTED if action in ("accept", "decline") else None
        bookings = [b for b in db.session.scalars(db.select(Booking).order_by(Booking.id)) if wanted in (None, b.state)]
        if not bookings:
            raise Refused("nothing there")
        step(action, dice.choice(bookings))
    db.session.flush()
    return action


def step(action: str, booking: Booking) -> None:
    by = actor_of(booking.lead)
    if action == "accept":
        services.accept_booking(booking, note="", by=by)
    elif action == "decline":
        services.decline_booking(booking, reason="no", by=by)
    elif action == "cancel":
        services.cancel_booking(booking, reason="no", by=by)
    else:
        services.complete_booking(booking, by=by)
