"""Public pages: home, the long texts, and whom to turn to."""

from functools import partial

from flask import Blueprint, current_app, render_template

from score_web.access import current_actor, public
from score_web.accounts.queries import institutions
from score_web.core.i18n import current_language
from score_web.core.web import keep_what_all_see
from score_web.pages import documents
from score_web.pages.queries import responsible_institution
from score_web.reference.divisions import NATIONWIDE, place_name, prefixes

pages = Blueprint("pages", __name__, url_prefix="/<any(zh,en):lang>")
pages.after_request(keep_what_all_see)


def init_app(app) -> None:
    app.register_blueprint(pages)


@pages.get("/")
@public
def home():
    return render_template("pages/home.html")


@pages.get("/privacy")
@public
def privacy():
    return _document("privacy")


@pages.get("/terms")
@public
def terms():
    return _document("terms")


@pages.get("/help")
@public
def help():
    return _document("help")


@pages.get("/accessibility")
@public
def accessibility():
    return _document("accessibility")


@pages.get("/who-can-see")
@public
def who_can_see():
    return _document("who-can-see")


@pages.get("/contact")
@public
def contact():
    return render_template("pages/contact.html", mine=responsible_institution(current_actor()), institutions=institutions(), area=area)


def area(scope: str) -> list[str] | None:
    """The names of the places an institution serves; None for the whole country."""
    if scope == NATIONWIDE:
        return None
    return [place_name(prefix, current_language()) for prefix in prefixes(scope)]


def _document(name: str) -> str:
    """A long text in the reader's language; its placeholders come from the settings."""
    settings = {key.lower(): value for key, value in current_app.config.items() if key.lower() in documents.VALUES}
    values = settings | {"operator": current_app.config[f"OPERATOR_{current_language().upper()}"]}
    told = partial(documents.fill, values=values)
    return render_template("pages/document.html", name=name, document=documents.read(name, current_language()), told=told)
