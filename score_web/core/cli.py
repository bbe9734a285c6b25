"""What does the operator do on the command line? Set up, serve, send mail. These commands hold their own commits."""

import compileall
import os
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from score_web.config import ROOT
from score_web.core import installation, mail
from score_web.core.db import db
from score_web.core.migrations import upgrade

LOCAL = {"127.0.0.1", "localhost", "::1"}
post = AppGroup("mail", help="Outgoing mail.")


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Compile the code, bring the database to the newest structure, mark a new one demo or production, and do what features add to that."""
    compile_code()
    prepare_database()
    for step in current_app.extensions.get("score_setup", []):
        step()


def compile_code() -> None:
    """Python would keep what it has compiled, but not where the server may not write beside the code, or is told not to: then each
    start would compile all of it."""
    compileall.compile_dir(ROOT / "score_web", quiet=2)


def prepare_database() -> None:
    """Migrations run in this process leave a connection without foreign keys behind: it is closed."""
    upgrade()
    db.engine.dispose()
    if installation.mode_of_database() is None:
        installation.mark(current_app.config["SCORE_ENV"])
        db.session.commit()


@click.command("serve")
@click.option("--workers", default=None, type=int, help="Processes; one for SQLite, else one per processor.")
@with_appcontext
def serve(workers: int | None) -> None:
    """Serve with gunicorn on HOST and PORT until stopped."""
    if installation.mode_of_database() is None:
        raise click.ClickException("This database is not set up yet: python -m flask --app app setup")
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    if current_app.config["DEMO"] and host not in LOCAL:
        click.secho(f"Warning: HOST={host} opens the demo, whose passwords everybody knows, to the network.", fg="red", err=True)
    if not current_app.config["DEMO"] and not current_app.config["BASE_URL"]:
        click.secho(f"Warning: BASE_URL is not set; links in mails lead to {mail.base_url()}.", fg="red", err=True)
    _tell_given_up()
    if db.engine.dialect.name == "sqlite":
        workers = 1
    db.session.remove()
    db.engine.dispose()
    click.echo(f"SCORE Web is at http://{f'[{host}]' if ':' in host else host}:{port}/ (Ctrl-C stops it)")
    sys.stdout.flush()
    from score_web.core.serving import Server  # noqa: PLC0415 - only here gunicorn is needed

    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    Server(current_app._get_current_object(), bind, workers or os.cpu_count() or 1).run()


@post.command("deliver")
def deliver() -> None:
    """Send what waits; run it every minute, for instance by cron."""
    click.echo(f"{mail.deliver()} sent")
    _tell_given_up()


@post.command("again")
def again() -> None:
    """Try anew what was given up, once the mail server works again."""
    click.echo(f"{mail.try_again()} wait to be sent anew")
    db.session.commit()


def _tell_given_up() -> None:
    """Seen by whoever starts the server or looks after the mail."""
    if lost := mail.given_up():
        click.secho(f"Warning: {lost} mails were given up after three days: python -m flask --app app mail again", fg="red", err=True)


def init_app(app: Flask) -> None:
    for command in (setup, serve, post):
        app.cli.add_command(command)
