"""Pages around accounts: one file per task."""

from score_web.access import SignInNeeded, load_actors_with
from score_web.accounts.cli import accounts_cli
from score_web.accounts.queries import find_actor
from score_web.accounts.views import colleagues, inbox, institutions, invitation, oversight, password, people, profile, register, sign_in
from score_web.accounts.views.blueprint import accounts

__all__ = [
    "colleagues",
    "inbox",
    "init_app",
    "institutions",
    "invitation",
    "oversight",
    "password",
    "people",
    "profile",
    "register",
    "sign_in",
]


def init_app(app) -> None:
    load_actors_with(find_actor)
    app.register_blueprint(accounts)
    app.register_error_handler(SignInNeeded, sign_in.ask_to_sign_in)
    app.cli.add_command(accounts_cli)
