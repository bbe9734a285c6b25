"""How does demo data get in and out? Into an empty database at `setup`; anew with `demo reset`. Never in production."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from score_web.accounts.models import Person
from score_web.core import chain
from score_web.core.db import db

PASSWORD = "score-demo-2026"
SIGN_INS = [
    ("enterprise@example.com", "enterprise in Ningbo, approved, has assessed itself, may book"),
    ("enterprise2@example.com", "enterprise, approved, self-assessment half filled in"),
    ("enterprise3@example.com", "enterprise waiting for the decision of Ningbo"),
    ("new@example.com", "registered, nothing filled in yet"),
    ("trainer@example.com", "trainer, certified for modules 1 and 5, Zhejiang"),
    ("trainer2@example.com", "trainer, candidate for module 1"),
    ("trainer3@example.com", "trainer, expert in all modules, Zhejiang"),
    ("partner@example.com", "partner institution of Ningbo"),
    ("partner2@example.com", "partner institution of Chongqing"),
    ("national@example.com", "nationwide partner institution"),
]
demo = AppGroup("demo", help="Invented data of a demo installation.")


@demo.command("fill")
def fill_command() -> None:
    """Put demo data into an empty database and print the sign-ins."""
    fill()


@demo.command("reset")
def reset() -> None:
    """Empty the demo database and fill it anew; refuses a production database."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This is a production installation: nothing was changed.")
    with chain.unlocked():
        for table in reversed(db.metadata.sorted_tables):
            if table.name != "installation":
                db.session.execute(table.delete())
    db.session.commit()
    fill()


@demo.command("grow")
@click.option("--enterprises", default=1000, show_default=True, help="How many; 100000 take minutes, 1000000 some 20 GB.")
@click.option("--seed", default=1, show_default=True, help="The same number brings the same enterprises.")
def grow_command(enterprises: int, seed: int) -> None:
    """Add very many invented enterprises, to see how the pages bear it; refuses a production database."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This is a production installation: nothing was changed.")
    from score_web.demo.services.growth import grow  # noqa: PLC0415 - a server has no use for it
    from score_web.demo.services.loading import in_bulk  # noqa: PLC0415

    with in_bulk():
        for line in grow(enterprises, seed):
            click.echo(line)
        db.session.commit()


def fill() -> None:
    """A database with people in it is left as it is; one that fails half-way stays empty."""
    if not current_app.config["DEMO"]:
        return
    if not db.session.scalar(select(func.count()).select_from(Person)):
        from score_web.demo.services import seed  # noqa: PLC0415 - as above

        seed()
    db.session.commit()
    chain.seal()
    click.echo(f"Demo sign-ins, password {PASSWORD}:")
    for email, who in SIGN_INS:
        click.echo(f"  {email:<26}{who}")


def init_app(app: Flask) -> None:
    app.cli.add_command(demo)
    app.extensions.setdefault("score_setup", []).append(fill)
