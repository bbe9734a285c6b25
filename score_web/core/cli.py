"""What does the operator do on the command line? Set up, serve, back up and put back. These commands hold their own commits."""

import os
import sqlite3
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade
from sqlalchemy import create_engine, select

from score_web.core import clock, installation, mail
from score_web.core.db import db

LOCAL = {"127.0.0.1", "localhost", "::1"}
data = AppGroup("data", help="Copies of the database.")
post = AppGroup("mail", help="Outgoing mail.")


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Bring the database to the newest structure, mark a new one demo or production, and do what features add to that."""
    prepare_database()
    for step in current_app.extensions.get("score_setup", []):
        step()


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
    if db.engine.dialect.name == "sqlite":
        workers = 1
    db.engine.dispose()
    click.echo(f"SCORE Web is at http://{f'[{host}]' if ':' in host else host}:{port}/ (Ctrl-C stops it)")
    sys.stdout.flush()
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--no-control-socket",
            "--config",
            "python:score_web.core.serving",
            "--worker-class",
            "gthread",
            "--threads",
            "8",
            "--workers",
            str(workers or os.cpu_count() or 1),
            "--bind",
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "--log-level",
            "warning",
            "app:app",
        ],
    )


@data.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup(file: Path | None) -> None:
    """Copy the SQLite database into FILE (or the data folder's `backups`) while it is in use."""
    target = file or _folder("backups") / f"score-{_stamp()}.db"
    if target.exists():
        raise click.ClickException(f"{target} is there already: it is not overwritten.")
    _copy(_database(), target)
    target.chmod(0o600)
    click.echo(f"Copied to {target}")


@data.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put the copy FILE back; what is there now is copied aside first. Stop the server before."""
    mode = _mode_in(file)
    if mode != current_app.config["SCORE_ENV"]:
        raise click.ClickException(
            f"{file} is {f'a {mode}' if mode else 'no SCORE Web'} database; SCORE_ENV is {current_app.config['SCORE_ENV']}."
        )
    aside = _folder("backups") / f"before-restore-{_stamp()}.db"
    if _database().exists():
        _copy(_database(), aside)
        click.echo(f"What was there is in {aside}")
    db.engine.dispose()
    _copy(file, _database())
    upgrade()
    db.engine.dispose()
    click.echo(f"Restored from {file}")


@post.command("deliver")
def deliver() -> None:
    """Send what waits; run it every minute, for instance by cron."""
    click.echo(f"{mail.deliver()} sent")


def _stamp() -> str:
    return f"{clock.in_china(clock.now()):%Y%m%d-%H%M%S}"


def _folder(name: str) -> Path:
    folder = Path(current_app.config["SCORE_DATA_DIR"]) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _database() -> Path:
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("This is for SQLite. For PostgreSQL use pg_dump and pg_restore.")
    return Path(db.engine.url.database)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own backup: a consistent copy even while somebody writes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(source, timeout=20) as old, sqlite3.connect(target, timeout=20) as new:
        old.backup(new)
    old.close()
    new.close()


def _mode_in(file: Path) -> str | None:
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return connection.scalar(select(installation.Installation.mode))
    except Exception:
        return None
    finally:
        engine.dispose()


def init_app(app: Flask) -> None:
    for command in (setup, serve, data, post):
        app.cli.add_command(command)
