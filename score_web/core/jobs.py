"""What happens by itself, and how often? Each job has a row that says when it is due and who has it.

A process takes a job by one UPDATE that only succeeds while the job is due and nobody has it, so two never run one at once on
either engine. Who is killed in the middle leaves the claim behind; it ends by itself, and the next process runs the job again:
every job does only what is still to be done. A job that fails is tried again when it is due the next time.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import String, or_, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import clock, mail
from score_web.core.db import Base, UtcDateTime, db, insert_once

log = logging.getLogger("score_web.jobs")
PAUSE = 20  # seconds between two looks at what is due
commands = AppGroup("jobs", help="What happens by itself: mail, deadlines, counting of worker surveys.")


class JobState(Base):
    """When a job is due, and by whom and until when it is taken."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_run: Mapped[datetime] = mapped_column(UtcDateTime)
    claim: Mapped[str | None] = mapped_column(String(16))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Job:
    """`work` is called inside an application context and committed after; it must end within `longest`."""

    name: str
    every: timedelta
    work: Callable[[], object]
    longest: timedelta = timedelta(minutes=10)


def register(app: Flask, name: str, *, every: timedelta, work: Callable[[], object], **options) -> None:
    app.extensions.setdefault("score_jobs", {})[name] = Job(name, every, work, **options)


def run_due() -> list[str]:
    """Run each job that is due, once. The names of those that ran here."""
    return [job.name for job in current_app.extensions["score_jobs"].values() if _run(job)]


def _run(job: Job) -> bool:
    claim = secrets.token_hex(8)
    if not _is_due(job) or not _claimed(job, claim):
        return False
    try:
        job.work()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("job %s failed; it is tried again in %s", job.name, job.every)
    _finish(job, claim)
    return True


def _is_due(job: Job) -> bool:
    """A look that locks nothing; a job never run before has no row yet."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        row = connection.execute(select(JobState.next_run).where(JobState.name == job.name)).first()
    return row is None or row.next_run <= clock.now()


def _claimed(job: Job, claim: str) -> bool:
    now = clock.now()
    db.session.execute(insert_once(JobState).values(name=job.name, next_run=now))
    free = or_(JobState.claimed_until.is_(None), JobState.claimed_until < now)
    due = update(JobState).where(JobState.name == job.name, JobState.next_run <= now, free)
    taken = db.session.execute(due.values(claim=claim, claimed_until=now + job.longest))
    db.session.commit()
    return bool(taken.rowcount)


def _finish(job: Job, claim: str) -> None:
    """Only who still holds the claim says when it is due again."""
    mine = update(JobState).where(JobState.name == job.name, JobState.claim == claim)
    db.session.execute(mine.values(next_run=clock.now() + job.every, claim=None, claimed_until=None))
    db.session.commit()


def work(app: Flask, stop: threading.Event) -> None:
    """Look again and again until told to stop; a database that does not answer is asked again."""
    while not stop.wait(PAUSE):
        try:
            with app.app_context():
                run_due()
        except DatabaseError:
            log.exception("the database does not answer")


def start(app: Flask) -> None:
    """A thread beside the requests of this process; several processes may each have one."""
    threading.Thread(target=work, args=(app, threading.Event()), name="jobs", daemon=True).start()


@commands.command("run")
def run_command() -> None:
    """Run what is due, once; for a scheduler where no server runs."""
    click.echo(f"ran: {', '.join(run_due()) or 'nothing was due'}")


@commands.command("work")
def work_command() -> None:
    """Run what is due until stopped. `serve` does this by itself."""
    work(current_app._get_current_object(), threading.Event())


def init_app(app: Flask) -> None:
    app.cli.add_command(commands)
    register(app, "mail", every=timedelta(minutes=1), work=mail.deliver, longest=timedelta(minutes=20))
