"""Signing in in two steps: setting it up with a QR code, the recovery codes, turning it off."""

from io import BytesIO

from flask import current_app, jsonify, redirect, render_template, request, session, url_for
from markupsafe import Markup

from score_web.access import allow, current_actor
from score_web.accounts import codes, services
from score_web.accounts.forms import CodeForm, SetUpForm, TurnOffForm
from score_web.accounts.queries import has_second_factor, person_by_id
from score_web.accounts.views.blueprint import accounts, visitor
from score_web.accounts.views.password import is_owner
from score_web.accounts.views.sign_in import WRONG_CODE, own_path, renew, too_often
from score_web.core import clock
from score_web.core.faults import wants_json
from score_web.core.i18n import _
from score_web.core.i18n import lazy_gettext as _l
from score_web.core.web import as_download, flash_ok
from score_web.permissions import Permission

SHOWN_SECONDS = 600
NOT_YET = _l("This is not the code that the app shows now. Check that the clock of your phone is right, then try the next code.")


@accounts.route("/second-factor", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_SECURE)
def second_factor():
    actor = current_actor()
    if has_second_factor(actor.person_id):
        return render_template("accounts/two_steps_on.html", left=services.recovery_codes_left(actor.person_id))
    form, salt = SetUpForm(), session.setdefault("factor_salt", codes.new_salt())
    if form.validate_on_submit() and is_owner(form):
        if made := services.set_up(actor, salt=salt, code=form.code.data):
            renew(actor)
            return _show_codes(made)
        form.code.errors = [NOT_YET]
    key = services.secret_of(salt)
    address = codes.address(key, actor.email)
    return render_template("accounts/second_factor.html", form=form, key=codes.in_fours(key), address=address, qr=_qr_code(address))


def _qr_code(text: str) -> Markup:
    """Drawn by attributes only, dark on a light ground of its own, also where the page is dark."""
    import segno  # noqa: PLC0415 - few requests need it

    drawn = BytesIO()
    look = {"border": 4, "dark": "#000", "light": "#fff", "lineclass": None, "svgclass": "qr"}
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, omitsize=True, **look)
    return Markup(drawn.getvalue().decode())


def _show_codes(made: list[str]):
    """On to the page with the codes. Only their hashes are stored; the cookie of their owner keeps them for minutes, so that the page
    survives a reload, the language switch and the way to the printer."""
    session["codes"] = [made, int(clock.now().timestamp()) + SHOWN_SECONDS]
    return redirect(url_for("accounts.recovery_codes", next=own_path(request.args.get("next")) or None), 303)


@accounts.get("/second-factor/codes")
@allow(Permission.ACCOUNT_SECURE)
def recovery_codes():
    made, until = session.get("codes") or ([], 0)
    if clock.now().timestamp() > until:
        session.pop("codes", None)
        return redirect(url_for("accounts.second_factor"), 303)
    made = [codes.in_fours(code) for code in made]
    if "file" in request.args:
        text = "\r\n".join(["SCORE Web", _("Recovery codes of %(email)s. Each works once.", email=current_actor().email), "", *made, ""])
        return as_download(text.encode("utf-8-sig"), _("SCORE Web recovery codes") + ".txt", "recovery-codes.txt", "text/plain")
    return render_template("accounts/recovery_codes.html", codes=made, target=own_path(request.args.get("next")))


@accounts.route("/second-factor/renew", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def renew_recovery_codes():
    actor, form = current_actor(), CodeForm()
    if not has_second_factor(actor.person_id):
        return redirect(url_for("accounts.second_factor"), 303)
    if form.validate_on_submit() and _code_fits(form):
        return _show_codes(services.renew_recovery_codes(actor))
    return render_template("accounts/renew_recovery_codes.html", form=form)


@accounts.route("/second-factor/off", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def turn_off_second_factor():
    actor, form = current_actor(), TurnOffForm()
    if not has_second_factor(actor.person_id):
        return redirect(url_for("accounts.second_factor"), 303)
    if form.validate_on_submit() and is_owner(form) and _code_fits(form):
        services.turn_off(actor)
        renew(actor)
        flash_ok(_("Two-step sign-in is off. All other devices have been signed out."))
        return redirect(url_for("accounts.second_factor"), 303)
    return render_template("accounts/turn_off_second_factor.html", form=form, required=_is_required(actor))


def _code_fits(form) -> bool:
    fits, wait = services.use_code(person_by_id(current_actor().person_id), form.code.data, visitor=visitor())
    if not fits:
        form.code.errors = [too_often(wait) if wait else WRONG_CODE]
    return fits


def _is_required(actor) -> bool:
    return any(m.role.value in current_app.config["SECOND_FACTOR"] for m in actor.memberships)


def ask_to_set_up(_error):
    """Whoever must sign in in two steps sets that up before anything else."""
    if wants_json():
        return jsonify(error=_("Set up two-step sign-in first.")), 403
    here = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.second_factor", next=here if request.method in ("GET", "HEAD") else None), 303)
