"""Does anything else that people write get lost or stand half-done after `kill -9`? Enrolments, decisions, bookings, photos, surveys,
passwords, new accounts, at once, while the jobs count, deliver and tidy up in a process of their own that is killed too."""

import multiprocessing
import time
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select, update

from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.core.jobs import JobState
from score_web.core.mail import Message
from tests.torture import invariants
from tests.torture.bursts import Bursts, Count
from tests.torture.postman import Postman
from tests.torture.town import Town

FORK = multiprocessing.get_context("fork")


class Writes(Bursts):
    """`run(kills)` on the database of this application, with the people of a town."""

    def __init__(self, app, **how):
        self.postman = Postman()
        super().__init__(app, SMTP_URL=self.postman.address, **how)
        app.config["SMTP_URL"] = self.postman.address
        self.people = Town(app).errands()
        self.worker = None

    def run(self, kills: int, tell=lambda count: None) -> Count:
        try:
            super().run(kills, tell)
            self._end()
        finally:
            self._kill_worker()
            self.postman.stop()
        return self.count

    def _burst(self, *, only_workers: bool) -> None:
        self.worker = FORK.Process(target=_keep_working, args=(self.app,), daemon=True)
        self.worker.start()
        super()._burst(only_workers=only_workers)

    def kill(self, *, only_workers: bool) -> None:
        self._kill_worker()
        super().kill(only_workers=only_workers)

    def _kill_worker(self) -> None:
        if self.worker:
            self.worker.kill()
            self.worker.join()

    def compare(self) -> None:
        with self.app.app_context():
            self._settle()
            for errand in self.people:
                number, told = errand.landed(), f"{type(errand).__name__}: {errand.confirmed} confirmed, {errand.sent} sent"
                assert errand.confirmed <= number <= errand.sent, f"{told}, {number} there"
                self.count.add(errand, number)
                assert not (wrong := errand.wrong()), wrong
            assert not (wrong := invariants.broken()), wrong
            self._mail_went_out(all_of_it=False)
            db.session.rollback()

    def _mail_went_out(self, *, all_of_it: bool) -> None:
        """What is marked as sent has arrived; nothing arrives twice but what was on its way when somebody was killed."""
        sent = set(db.session.scalars(select(Message.id).where(Message.sent_at.is_not(None))))
        arrived = self.postman.arrived()
        assert sent <= set(arrived), f"marked as sent and never handed over: {sorted(sent - set(arrived))[:5]}"
        twice = sum(n - 1 for n in arrived.values())
        assert twice <= self.count.kills, f"{twice} arrived twice after {self.count.kills} kills"
        if all_of_it:
            assert sent == set(db.session.scalars(select(Message.id))), "some never went out"

    def _end(self) -> None:
        """An hour later the jobs have done what was left."""
        with self.app.app_context():
            for _round in range(100):
                with clock.at(clock.now() + timedelta(hours=1)):
                    everything_is_due()
                    jobs.run_due()
                if db.session.scalar(select(Message.id).where(Message.sent_at.is_(None)).limit(1)) is None:
                    break
            self._mail_went_out(all_of_it=True)
            assert not (wrong := invariants.swept()), wrong
            assert not (wrong := invariants.broken()), wrong
        self.audit_is_whole()


def _keep_working(app) -> None:
    """What the thread in the server does every minute, day and hour, without a pause; on connections of its own."""
    with app.app_context():
        db.engine.dispose(close=False)
    while True:
        with suppress(Exception), app.app_context():
            everything_is_due()
            jobs.run_due()
        time.sleep(0.05)


def everything_is_due() -> None:
    db.session.execute(update(JobState).values(next_run=clock.now(), claimed_until=None))
    db.session.commit()
