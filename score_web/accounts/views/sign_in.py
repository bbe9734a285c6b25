"""Signing in, in one step or two, and out."""

import re

from flask import flash, jsonify, redirect, render_template, request, session, url_for

from score_web.access import allow, current_actor, key_hash, let_in, let_out, public
from score_web.accounts import services
from score_web.accounts.forms import CodeForm, SignInForm
from score_web.accounts.queries import actor_of, has_second_factor, person_by_id
from score_web.accounts.views.blueprint import DEVICE, accounts, visitor
from score_web.core import clock, cookies, held
from score_web.core.faults import wants_json
from score_web.core.i18n import _, current_language, ngettext, other_language
from score_web.core.i18n import lazy_gettext as _l
from score_web.core.web import flash_ok
from score_web.permissions import Permission

WRONG_CODE = _l("This code is wrong, has run out or was used already. Wait for the next one in the app.")
SECOND_STEP_SECONDS = 600
DEVICE_DAYS = 400  # browsers keep no cookie for longer
OWN_PATH = re.compile(r"/(zh|en)/[^\\\x00-\x20]*")


@accounts.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    form, wait, status = SignInForm(), 0, 200
    if form.validate_on_submit():
        person, wait = services.person_by_password(form.email.data, form.password.data, visitor=visitor())
        if person:
            return enter(person)
        status = 429 if wait else 422
        form.fail(
            _("%(wait)s If somebody else is trying your address, choose a new password by mail: that works at once.", wait=too_often(wait))
            if wait
            else _("E-mail or password is wrong, or the account is not active. Check both, or choose a new password.")
        )
    return _page(form, status, wait)


def enter(person, news: str = "", then: str = ""):
    """Open this device for the person, after the second step where there is one, and go where they were heading, or to `then`."""
    if has_second_factor(person.id):
        session["second_step"] = [person.id, _proof(person), int(clock.now().timestamp()) + SECOND_STEP_SECONDS, news]
        if held.FIELD in request.form:
            return _code_page(CodeForm(formdata=None), 200)
        return redirect(url_for("accounts.second_step", next=then or own_path(request.args.get("next")) or None), 303)
    return _open(person, news)


def _open(person, news: str):
    """A form that was held goes on to its address as it is (307)."""
    target, here = own_path(request.args.get("next")), visitor()
    let_in(services.start_sign_in(person, here), lambda: actor_of(person))
    if news:
        flash_ok(news)
    if target and held.FIELD in request.form:
        return _remembered(redirect(f"/{current_language()}{target[3:]}", 307), here.key)
    return _remembered(redirect(target or url_for("dashboard.show"), 303), here.key)


@accounts.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_step():
    form, wait, status = CodeForm(), 0, 200
    person, news = _after_first_step()
    if person is None:
        flash(_("That took too long. Please sign in again."), "warn")
        target = own_path(request.args.get("next")) or None
        return redirect(url_for("accounts.sign_in", next=target), 307 if held.FIELD in request.form else 303)
    if form.validate_on_submit():
        fits, wait = services.use_code(person, form.code.data, visitor=visitor())
        if fits:
            return _open(person, news)
        status = 429 if wait else 422
        form.code.errors = [too_often(wait) if wait else WRONG_CODE]
    return _code_page(form, status, wait)


def _after_first_step():
    """Who gave the right password in this browser just now, and what to tell afterwards. The signed cookie remembers it."""
    person_id, proof, until, news = session.get("second_step") or (0, "", 0, "")
    person = person_by_id(person_id) if clock.now().timestamp() < until else None
    return (person, news) if person and person.is_active and _proof(person) == proof else (None, "")


def _proof(person) -> str:
    """A password that is changed meanwhile is no longer the right one."""
    return key_hash(person.password_hash)[:16]


def _code_page(form, status: int, wait: int = 0):
    target = own_path(request.args.get("next")) or None
    page = render_template(
        "accounts/second_step.html", form=form, next=target, held=held.of_request() if held.FIELD in request.form else None,
        other_language_url=url_for("accounts.second_step", lang=other_language(), next=target),
    )
    return page, status, {"Retry-After": str(wait * 60)} if wait else {}


def _remembered(response, key: str):
    """This browser keeps its key, so that the next sign-in here is no news and no stranger's tries count against it."""
    cookies.keep(response, DEVICE, key, max_age=DEVICE_DAYS * 86400)
    return response


def renew(actor) -> None:
    """After a change of what lets this person in: other devices are signed out, this one goes on with a new key."""
    let_in(services.renew_sign_in(actor), lambda: actor)


def sign_out_elsewhere(person_id: int) -> None:
    """What lets this person in has changed: only the device it was done on stays signed in."""
    actor = current_actor()
    if actor and actor.person_id == person_id:
        renew(actor)
    else:
        services.end_sign_ins(person_id)


def own_path(target: str | None) -> str:
    """Only an address of ours is followed after signing in."""
    return target if target and OWN_PATH.fullmatch(target) else ""


def too_often(minutes: int) -> str:
    return ngettext(
        "Too many tries. For your safety please wait %(num)s minute, then try again.",
        "Too many tries. For your safety please wait %(num)s minutes, then try again.",
        minutes,
    )


def wait_page(template: str, form, wait: int, **more):
    """The page again with what was typed, and how long to wait."""
    form.fail(too_often(wait))
    return render_template(template, form=form, **more), 429, {"Retry-After": str(wait * 60)}


def _page(form, status: int, wait: int = 0):
    page = render_template(
        "accounts/sign_in.html", form=form, next=own_path(request.args.get("next")) or None,
        held=held.of_request() if held.FIELD in request.form else None,
    )
    return page, status, {"Retry-After": str(wait * 60)} if wait else {}


def ask_to_sign_in(_error):
    """Nobody is signed in: a page leads to the sign-in and back; what was sent is answered here and travels along."""
    here = request.full_path if request.query_string else request.path
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=here), 303)
    if wants_json():
        return jsonify(error=_("You are no longer signed in. Please sign in again.")), 401
    session.pop("seen", None)
    brought = held.of_request()
    target = None if brought.too_long and "GET" not in request.url_rule.methods else here
    return render_template(
        "accounts/sign_in.html", form=SignInForm(formdata=None), next=target, held=None if brought.too_long else brought,
        too_long=brought.too_long, other_language_url=url_for("accounts.sign_in", lang=other_language(), next=target),
    ), 401


@accounts.post("/sign-out")
@allow(Permission.ACCOUNT_SECURE)
def sign_out():
    actor = current_actor()
    services.sign_out(actor, only=actor.sign_in_id)
    let_out()
    return redirect(url_for("pages.home"), 303)
