"""Who may open a page? Every view says so with `@public`, `@allow` or `@anonymous`: load → check → hand over → commit.

The wrapper holds the only commit of a request. A rule that said no (`Refused`), a row that was there already
(IntegrityError) or that changed meanwhile (StaleDataError) rolls back and shows the same page with what was typed.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, wraps

from flask import Response, abort, current_app, flash, g, jsonify, make_response, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Forbidden, NotFound

from score_web.core import clock, faults, held, turns
from score_web.core.errors import Refused
from score_web.core.i18n import say
from score_web.core.reading import find
from score_web.core.sessions import form_token
from score_web.core.words import N_, Sentence
from score_web.extensions import csrf, db, login_manager
from score_web.permissions import Actor, Permission, permitted
from score_web.transactions import is_read_only

CHANGED = Sentence(
    N_("Somebody else was faster: this has just changed. What you typed is still here; look at where it stands now and try again.")
)
EXPIRED_PAGE = Sentence(N_("For your safety this page had to be renewed. What you typed is still here: please press the button once more."))

FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")
LARGEST_ID = 2**31 - 1  # PostgreSQL's integer; a larger number in an address names nothing


@dataclass(frozen=True)
class Access:
    """What a view declared; the access tests read it."""

    permission: Permission | None
    record: type | None = None
    anonymous: bool = False


class SignedIn:
    """What Flask-Login carries: the key of the sign-in row, and the actor once somebody asks."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, key: str, find_actor: Callable[[], Actor]):
        self.key, self.find_actor = key, find_actor

    @cached_property
    def actor(self) -> Actor:
        return self.find_actor()

    def get_id(self) -> str:
        return self.key


class SignInNeeded(Exception):
    """Nobody is signed in and the page needs somebody."""


class SecondFactorNeeded(Exception):
    """A role of this person must sign in in two steps, and this is not set up yet."""


def key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    return secrets.token_urlsafe(32)


def current_actor() -> Actor | None:
    """Who asks; nobody on the page that tells of a crash, which must not ask the database again, and nobody on `@anonymous` pages."""
    here = g._get_current_object()
    if here.get("crashed") or here.get("nobody"):
        return None
    user = current_user._get_current_object()
    return user.actor if user and user.is_authenticated else None


def let_in(key: str, find_actor: Callable[[], Actor]) -> None:
    """Start the signed cookie of this device; what was in it before is dropped. Whoever is let in is mostly sent on to another page,
    which finds the actor itself."""
    session.clear()
    session.permanent = True
    session["seen"] = int(clock.now().timestamp())
    login_user(SignedIn(key, find_actor))
    session.pop("_id")  # what Flask-Login makes of the browser's address and name: nobody compares it, see extensions.py


def let_out() -> None:
    logout_user()
    session.clear()


def load_actors_with(find_actor, note_day) -> None:
    """accounts hands over `find_actor(key_hash) -> Actor | None`; idle time lives in the cookie, so reads write no row. What is
    sent first on a day calls `note_day(sign_in_id)`."""

    @login_manager.user_loader
    def load(key: str):
        signed, longest = session._get_current_object(), timedelta(hours=current_app.config["IDLE_HOURS"])
        idle = clock.now().timestamp() - signed.get("seen", 0)
        if idle > longest.total_seconds():
            return None
        actor = find_actor(key_hash(key))
        if actor and abs(idle) > 300:  # also when the clock was put back
            signed["seen"] = int(clock.now().timestamp())
        g.idle_ends = datetime.fromtimestamp(signed.get("seen", 0), UTC) + longest
        if actor and request.method == "POST" and actor.seen_on != clock.today():
            note_day(actor.sign_in_id)
        return SignedIn(key, lambda: actor) if actor else None


def public(view):
    """A page for everybody, signed in or not."""

    @wraps(view)
    def guarded(**values):
        return _run(view, lambda: values)

    guarded.access = Access(None)
    return guarded


def anonymous(view):
    """A page that must not know who opens it, even when somebody signed in does: `Sessions` gives it no session, so that there is
    no cookie to read, none to renew, and nobody to ask the database for. It needs no CSRF token, and may be sent
    from anywhere: there is no session to misuse."""

    @wraps(view)
    def guarded(**values):
        return _run(view, lambda: values, protect=False)

    guarded.access = Access(None, anonymous=True)
    return guarded


def allow(permission: Permission, on: type | None = None, back: str | None = None):
    """A page for those who hold `permission`; with `on`, the record named by `<snake_name>_id` in the address is loaded and
    checked, and handed to the view as `<snake_name>`: strangers get 404.

    `back` is the endpoint shown after a refusal of a view that has no page of its own (POST only); it gets the same address values.
    """

    name = on and re.sub(r"(?<!^)(?=[A-Z])", "_", on.__name__).lower()

    def decorate(view):
        @wraps(view)
        def guarded(**values):
            run = _bring_back if request.method == "POST" and held.FIELD in request.form else _run
            return run(view, lambda: _checked(permission, on, name, dict(values)), back, values)

        guarded.access = Access(permission, on)
        return guarded

    return decorate


def _checked(permission: Permission, on: type | None, name: str | None, values: dict) -> dict:
    actor = current_actor()
    if actor is None:
        raise SignInNeeded
    if actor.lacks_factor and permission is not Permission.ACCOUNT_SECURE:
        raise SecondFactorNeeded
    if on is None:
        if not permitted(permission, actor):
            abort(403)
        return values
    number = values.pop(f"{name}_id")
    record = find(on, number) if number <= LARGEST_ID else None
    if record is None or not permitted(permission, actor, record):
        abort(404)
    return {name: record} | values


def _only_forms() -> None:
    """What arrives is a form whose fields have names: no page of ours sends anything else, and nothing else is read as if it were one."""
    sent = request._get_current_object()
    if sent.method == "POST" and (sent.mimetype not in FORMS or None in sent.form or None in sent.files):
        abort(415)


def _only_ours() -> None:
    """What a page of another site sends is nobody's typing: it is not stored, not even with a token, and not shown as if typed."""
    if held.is_foreign():
        abort(400)


def _run(view, arguments, back: str | None = None, address: dict | None = None, protect: bool = True) -> Response:
    _only_forms()
    with turns.taken():
        return _answer(view, arguments, back, address or {}, protect)


def _answer(view, arguments, back: str | None, address: dict, protect: bool) -> Response:
    refused, status, sent = None, None, request._get_current_object()
    if protect and sent.method not in ("GET", "HEAD"):
        _only_ours()
        try:
            csrf.protect()
        except CSRFError:
            refused, status = EXPIRED_PAGE, 400
    if refused is None:
        try:
            response = make_response(view(**arguments()))
            if not is_read_only():
                db.session.commit()
            if sent.method == "POST" and session:
                session.modified = True  # a new cookie: pages kept for the Back button show what was before, and are dropped
            return response
        except Refused as no:
            refused, status = no.sentence, no.status
        except (IntegrityError, StaleDataError):
            refused, status = CHANGED, 409
        except faults.KINDS as fault:
            return _not_now(fault, view, arguments)
    db.session.rollback()
    return _refuse(view, arguments, refused, status, back, address)


def _not_now(fault: Exception, view, arguments) -> Response:
    """The database or the disk cannot take it: 503 and what was typed, on the same page where that can still be read."""
    if not faults.passes(fault):
        raise fault
    faults.note(fault)
    faults.end_transaction()
    return (None if faults.is_uncertain(fault) else faults.same_page(view, arguments)) or faults.page(fault)


def _bring_back(view, arguments, back: str | None, address: dict) -> Response:
    """A form that was sent without a session and has come through the sign-in: it is shown, not stored, and so asks for no token."""
    _only_ours()
    try:
        arguments()
        g.held = held.of_request()
        held.put_back(g.held)
        return _refuse(view, arguments, g.held.sentence if "GET" in request.url_rule.methods else held.BUTTON, 200, back, address)
    except (Forbidden, NotFound):
        db.session.rollback()
        flash(say(held.DROPPED), "warn")
        return redirect(url_for("dashboard.show"), 303)


def _renewed() -> dict:
    """For a script on a page whose token has gone old: the new one, and who is signed in now, for it may be somebody else."""
    actor = current_actor()
    return {"csrf_token": form_token(), "person": actor.person_id if actor else None}


def _refuse(view, arguments, sentence: Sentence, status: int, back: str | None, address: dict) -> Response:
    """The same page with what was typed; back to the record's page for a button; JSON for a script.

    Everything is loaded and checked again first: who lost the right meanwhile, or has no session left, learns that instead.
    """
    values = arguments()
    if faults.wants_json():
        return make_response(jsonify(error=say(sentence), **(_renewed() if sentence is EXPIRED_PAGE else {})), status)
    if "GET" in request.url_rule.methods:
        g.refused = sentence
        response = make_response(view(**values))
        db.session.rollback()
        if response.status_code == 200:
            response.status_code = status
        return response
    flash(say(sentence), "bad")
    return redirect(url_for(back or "dashboard.show", **address), 303)
