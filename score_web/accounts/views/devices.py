"""Where am I signed in? Each device, ending one, all others or all, and what happened to the account lately."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor, let_out
from score_web.accounts import services
from score_web.accounts.models import SignIn
from score_web.accounts.queries import account_events, sign_ins_of
from score_web.accounts.views.blueprint import accounts
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@accounts.get("/devices")
@allow(Permission.ACCOUNT_USE)
def devices():
    person_id = current_actor().person_id
    return render_template("accounts/devices.html", sign_ins=sign_ins_of(person_id), events=account_events(person_id))


@accounts.post("/devices/<int:sign_in_id>/end")
@allow(Permission.SIGN_IN_END, on=SignIn, back="accounts.devices")
def end_device(sign_in: SignIn):
    services.sign_out(current_actor(), only=sign_in.id)
    flash_ok(_("That device is signed out."))
    return redirect(url_for("accounts.devices"), 303)


@accounts.post("/devices/end-others")
@allow(Permission.ACCOUNT_USE, back="accounts.devices")
def end_other_devices():
    actor = current_actor()
    services.sign_out(actor, keep=actor.sign_in_id)
    flash_ok(_("All other devices are signed out."))
    return redirect(url_for("accounts.devices"), 303)


@accounts.post("/devices/end-all")
@allow(Permission.ACCOUNT_USE, back="accounts.devices")
def end_all_devices():
    services.sign_out(current_actor())
    let_out()
    flash_ok(_("You are signed out on all devices, this one too."))
    return redirect(url_for("pages.home"), 303)
