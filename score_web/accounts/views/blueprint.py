"""The blueprint that all pages of this feature hang on, who comes to them, and the mail that demo mode shows."""

from flask import Blueprint, current_app, g, request, session

from score_web.access import new_key
from score_web.accounts.devices import Visitor
from score_web.accounts.queries import last_mail_to
from score_web.accounts.services import throttle
from score_web.core import cookies

DEVICE = "device"  # what the long-lived cookie of a browser is called
accounts = Blueprint("accounts", __name__, url_prefix="/<any(zh,en):lang>/accounts")


def visitor() -> Visitor:
    """A browser that has no key yet gets one when somebody signs in there."""
    if "visitor" not in g:
        key = cookies.kept(DEVICE) or new_key()
        g.visitor = Visitor(throttle.client_of(request.remote_addr), key, request.user_agent.string)
    return g.visitor


def remember_mail_to(*addresses: str) -> None:
    """Which mails the next page may show; only demo mode does."""
    session["mail_to"] = list(addresses)


def demo_mails() -> list:
    """The last mail to each address that this browser just wrote to; nothing outside of demo mode."""
    if not current_app.config["DEMO"]:
        return []
    return [mail for mail in map(last_mail_to, session.get("mail_to", ())) if mail]
