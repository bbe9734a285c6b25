"""The blueprint that all pages of this feature hang on, and the mail that demo mode shows."""

from flask import Blueprint, current_app, session

from score_web.accounts.queries import last_mail_to

accounts = Blueprint("accounts", __name__, url_prefix="/<any(zh,en):lang>/accounts")


def remember_mail_to(*addresses: str) -> None:
    """Which mails the next page may show; only demo mode does."""
    session["mail_to"] = list(addresses)


def demo_mails() -> list:
    """The last mail to each address that this browser just wrote to; nothing outside of demo mode."""
    if not current_app.config["DEMO"]:
        return []
    return [mail for mail in map(last_mail_to, session.get("mail_to", ())) if mail]
