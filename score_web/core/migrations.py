"""How does the database get its structure? By Alembic, from the steps in migrations/. Commands that change it load Alembic, a server
never does: loading it would take a tenth of the start."""

import sys
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import AppGroup

from score_web.config import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

PLACE = ROOT / "migrations"
structure = AppGroup("db", help="The structure of the database.")


def upgrade(revision: str = "head", address: str = "") -> None:
    """`address`: of another database than the application's, such as a copy."""
    _run("upgrade", revision, address=address)


def downgrade(revision: str = "-1") -> None:
    _run("downgrade", revision)


@structure.command("upgrade")
@click.argument("revision", default="head")
def upgrade_command(revision: str) -> None:
    """Bring the structure to REVISION, else to the newest."""
    upgrade(revision)


@structure.command("downgrade")
@click.argument("revision", default="-1")
def downgrade_command(revision: str) -> None:
    """Bring the structure back to REVISION, else one step."""
    downgrade(revision)


@structure.command("current")
def current() -> None:
    """Show the revision that the database has."""
    _run("current")


@structure.command("check")
def check() -> None:
    """Fail if the tables say something that no migration does yet."""
    _run("check")


@structure.command("migrate")
@click.option("-m", "--message", required=True, help="What changes; the file is named after it.")
def migrate(message: str) -> None:
    """Write the next migration from what the tables say and the database does not have yet; read it before it is used."""
    number = len(list(PLACE.glob("versions/[0-9]*.py"))) + 1
    _run("revision", message, autogenerate=True, rev_id=f"{number:04}")


def _run(name: str, *about, address: str = "", **options) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    try:
        getattr(command, name)(_settings(address), *about, **options)
    except CommandError as problem:
        raise click.ClickException(str(problem)) from problem


def _settings(address: str) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    settings = Config(stdout=sys.stdout, attributes={"address": address})
    settings.set_main_option("script_location", str(PLACE).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings


def init_app(app: Flask) -> None:
    app.cli.add_command(structure)
