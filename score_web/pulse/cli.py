"""What happens to surveys by itself? Once an hour answers are counted and surveys whose last day is over close."""

from datetime import timedelta

from flask import Flask

from score_web.core import jobs
from score_web.core.db import db, empty_log
from score_web.pulse import services


def register_jobs(app: Flask) -> None:
    jobs.register(app, "pulse", every=timedelta(hours=1), work=count)


def count() -> int:
    """Counted answers are erased for good: also from the log that the database keeps beside its file."""
    counted = services.count_all()
    db.session.commit()
    if counted:
        empty_log()
    return counted
