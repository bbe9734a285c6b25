"""What happens by itself, and how often? Each job has a row that says when it is due and who has it.

A process that sees a job due takes it by one UPDATE that only succeeds while its row is as it was seen: on either engine two never
run one at once, nor one soon after the other. Who is killed in the middle leaves the claim behind; it ends by itself, and the next
process runs the job again: every job does only what is still to be done. A job that fails is tried again when it is due the next
time.
"""

import logging
import secrets
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import clock, mail
from score_web.core.db import Base, UtcDateTime, db, insert_once

log = logging.getLogger("score_web.jobs")
PAUSE = 20  # seconds between two looks at what is due
PATIENCE = 20  # seconds that a server told to stop waits for the job at work
commands = AppGroup("jobs", help="What happens by itself: mail, deadlines, counting of worker surveys.")


class JobState(Base):
    """When a job is due, and by whom and until when it is taken."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_run: Mapped[datetime] = mapped_column(UtcDateTime)
    claim: Mapped[str | None] = mapped_column(String(16))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Job(NamedTuple):
    """`work` is called inside an application context and committed after; it must end within `longest`."""

    name: str
    every: timedelta
    work: Callable[[], object]
    longest: timedelta = timedelta(minutes=10)


def register(app: Flask, name: str, *, every: timedelta, work: Callable[[], object], **options) -> None:
    app.extensions.setdefault("score_jobs", {})[name] = Job(name, every, work, **options)


def run_due(stop: threading.Event | None = None) -> list[str]:
    """Run each job that is due, once, until told to stop. The names of those that ran here."""
    wanted = (job for job in current_app.extensions["score_jobs"].values() if not (stop and stop.is_set()))
    return [job.name for job in wanted if _run(job)]


class Seen(NamedTuple):
    """A job's row as one process saw it."""

    next_run: datetime
    claim: str | None
    claimed_until: datetime | None

    def is_due(self, job: Job) -> bool:
        """What lies further ahead than it ever may was written while the clock was wrong: it holds nobody up."""
        now = clock.now()
        taken = self.claimed_until is not None and now <= self.claimed_until <= now + job.longest
        return not taken and not now < self.next_run <= now + job.every


def _run(job: Job) -> bool:
    claim, seen = secrets.token_hex(8), _seen(job)
    if not seen.is_due(job) or not _claimed(job, seen, claim):
        return False
    try:
        job.work()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("job %s failed; it is tried again in %s", job.name, job.every)
    _finish(job, claim)
    return True


def _seen(job: Job) -> Seen:
    """A job never run before gets its row, due at once."""
    if (seen := _look(job)) is None:
        db.session.execute(insert_once(JobState).values(name=job.name, next_run=clock.now()))
        db.session.commit()
        seen = _look(job)
    return seen


def _look(job: Job) -> Seen | None:
    """It locks nothing."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        row = connection.execute(select(JobState.next_run, JobState.claim, JobState.claimed_until).where(JobState.name == job.name)).first()
    return row and Seen(*row)


def _claimed(job: Job, seen: Seen, claim: str) -> bool:
    """Only as long as the row is what was seen: however long ago the look was, nobody has had the job since."""
    as_seen = (getattr(JobState, name).is_not_distinct_from(was) for name, was in seen._asdict().items())
    unchanged = update(JobState).where(JobState.name == job.name, *as_seen)
    taken = db.session.execute(unchanged.values(claim=claim, claimed_until=clock.now() + job.longest))
    db.session.commit()
    return bool(taken.rowcount)


def _finish(job: Job, claim: str) -> None:
    """Only who still holds the claim says when it is due again."""
    mine = update(JobState).where(JobState.name == job.name, JobState.claim == claim)
    db.session.execute(mine.values(next_run=clock.now() + job.every, claim=None, claimed_until=None))
    db.session.commit()


def work(app: Flask, stop: threading.Event) -> None:
    """Look again and again until told to stop; a database that does not answer is asked again. Who sets the clock by mistake has a
    while to put it right before deadlines are believed to be over."""
    steady = Steady()
    while not stop.wait(PAUSE):
        if not steady.is_so(time.monotonic(), clock.now()):
            continue
        try:
            with app.app_context():
                run_due(stop)
        except Exception:
            log.exception("looking for what is due failed; it is tried again")


class Steady:
    """Does the clock go as fast as time passes? For `hold` after a jump it is not believed."""

    def __init__(self, jump: timedelta = timedelta(minutes=5), hold: timedelta = timedelta(minutes=10)):
        self.jump, self.hold, self.last, self.until = jump, hold.total_seconds(), None, 0.0

    def is_so(self, passed: float, now: datetime) -> bool:
        if self.last and abs(now - self.last[1] - timedelta(seconds=passed - self.last[0])) > self.jump:
            log.warning("the clock was set from %s to %s: jobs wait for %s s", self.last[1], now, self.hold)
            self.until = passed + self.hold
        self.last = passed, now
        return passed >= self.until


def start(app: Flask) -> None:
    """A thread beside the requests of this process; several processes may each have one."""
    told = threading.Event()
    thread = threading.Thread(target=work, args=(app, told), name="jobs", daemon=True)
    app.extensions["score_jobs_thread"] = thread, told
    thread.start()


def stop(app: Flask) -> None:
    """Begin no further job and let the one at work finish. One that takes too long is broken off and run again by others later."""
    thread, told = app.extensions["score_jobs_thread"]
    told.set()
    thread.join(PATIENCE)


@commands.command("run")
def run_command() -> None:
    """Run what is due, once; for a scheduler where no server runs."""
    click.echo(f"ran: {', '.join(run_due()) or 'nothing was due'}")


@commands.command("work")
def work_command() -> None:
    """Run what is due until stopped, after the job at work. `serve` does this by itself."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    work(current_app._get_current_object(), told)


def init_app(app: Flask) -> None:
    app.cli.add_command(commands)
    register(app, "mail", every=timedelta(minutes=1), work=mail.deliver, longest=timedelta(minutes=20))
