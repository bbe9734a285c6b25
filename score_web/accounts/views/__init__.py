"""Pages around accounts: one file per task."""

from datetime import timedelta

from score_web.access import SecondFactorNeeded, SignInNeeded, load_actors_with
from score_web.accounts.cli import accounts_cli
from score_web.accounts.queries import find_actor
from score_web.accounts.services import forget_old, note_day
from score_web.accounts.views import (
    colleagues,
    devices,
    inbox,
    institutions,
    invitation,
    oversight,
    password,
    people,
    profile,
    register,
    second_factor,
    sign_in,
)
from score_web.accounts.views.blueprint import accounts
from score_web.core import jobs

__all__ = [
    "colleagues",
    "devices",
    "inbox",
    "init_app",
    "institutions",
    "invitation",
    "oversight",
    "password",
    "people",
    "profile",
    "register",
    "second_factor",
    "sign_in",
]


def init_app(app) -> None:
    load_actors_with(find_actor, note_day)
    app.register_blueprint(accounts)
    app.register_error_handler(SignInNeeded, sign_in.ask_to_sign_in)
    app.register_error_handler(SecondFactorNeeded, second_factor.ask_to_set_up)
    app.cli.add_command(accounts_cli)
    jobs.register(app, "old sign-ins", every=timedelta(hours=1), work=forget_old)
