"""What happens to data by the calendar? Whose day has come is erased, within the hour; what was kept long enough goes, once a day."""

import logging
from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from score_web.core import jobs
from score_web.core.db import db, empty_log
from score_web.core.errors import Refused
from score_web.core.i18n import say
from score_web.privacy import services
from score_web.privacy.models import Erasure

log = logging.getLogger("score_web.privacy")
commands = AppGroup("privacy", help="Retention and erasure of personal data.")


def register(app: Flask) -> None:
    app.cli.add_command(commands)
    jobs.register(app, "erasures", every=timedelta(hours=1), work=erase, longest=timedelta(hours=1))
    jobs.register(app, "retention", every=timedelta(days=1), work=keep, longest=timedelta(hours=6))


def erase() -> None:
    """Each is a transaction of its own. What was erased since the last time goes from the database's log too."""
    for erasure_id in services.erasures_due():
        _carry_out(erasure_id)
    db.session.rollback()
    empty_log()


def keep() -> None:
    """Each batch is a transaction of its own."""
    for rule in services.OURS:
        while services.apply(rule) == services.BATCH:
            db.session.commit()
        db.session.commit()


def _carry_out(erasure_id: int) -> None:
    erasure = db.session.get(Erasure, erasure_id)
    try:
        if erasure.person_id:
            services.carry_out(erasure)
        else:
            services.carry_out_erasure(erasure)
        db.session.commit()
    except Refused:  # something stands against it today: it is tried again in an hour
        db.session.rollback()
        log.info("erasure %s waits", erasure_id)


@commands.command("retention")
@click.option("--dry-run", is_flag=True, help="Only count what would be touched.")
def retention(dry_run: bool) -> None:
    """Apply the table of periods now; print for each rule how many rows it touches."""
    for rule in services.OURS:
        click.echo(f"{services.count_due(rule):>8}  {rule.name:<15} {say(rule.outcome.label)}: {', '.join(rule.fields)}")
    click.echo(f"{len(services.erasures_due()):>8}  erasures whose day has come (carried out by the hourly job)")
    db.session.rollback()  # our own transaction would hold the log
    if not dry_run:
        keep()
        empty_log()
