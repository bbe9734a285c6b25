"""Accounts from the command line: the first institution of an installation."""

import click
from flask.cli import AppGroup

from score_web.accounts import services
from score_web.accounts.forms import normal_email
from score_web.accounts.queries import person_by_email
from score_web.accounts.scopes import read_scope
from score_web.core.db import db
from score_web.core.i18n import LANGUAGES, say
from score_web.core.mail import base_url
from score_web.reference import divisions

accounts_cli = AppGroup("accounts", help="Institutions and the people who work there.")


@accounts_cli.command("invite")
@click.option("--institution", required=True, help="Chinese name of the partner institution to create.")
@click.option("--english", default="", help="Its English name.")
@click.option("--scope", required=True, help="all, or division codes joined by commas, such as 3302 (Ningbo) or 33 (Zhejiang).")
@click.option("--email", required=True, help="E-mail of the first colleague, who becomes its head.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of the invitation.")
def invite(institution: str, english: str, scope: str, email: str, language: str) -> None:
    """Create an institution and print the invitation link of its first colleague."""
    scope = read_scope(scope)
    if problem := divisions.scope_problem(scope):
        raise click.BadParameter(say(problem), param_hint="--scope")
    if "@" not in email:
        raise click.BadParameter("this is no e-mail address", param_hint="--email")
    _institution, token = services.found_institution(
        name_zh=institution, name_en=english, scope=scope, contact="", email=normal_email(email), by=None, language=language
    )
    db.session.commit()
    click.echo(f"{base_url()}/{language}/accounts/invitation/{token}")


@accounts_cli.command("remove-second-factor")
@click.option("--email", required=True, help="Of somebody who lost the phone and the recovery codes and whom no institution oversees.")
def remove_second_factor(email: str) -> None:
    """Let somebody sign in with the password alone again, and tell them."""
    person = person_by_email(normal_email(email))
    if person is None:
        raise click.BadParameter("nobody has this address", param_hint="--email")
    services.remove_factor(person, reason="", by=None)
    db.session.commit()
    click.echo("done")
