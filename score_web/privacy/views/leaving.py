"""Having the account or the enterprise erased, taking that back, and the institution's word on it."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor, let_out
from score_web.accounts.models import Organisation
from score_web.core.db import db
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Actor, Permission, Role
from score_web.privacy import queries, services
from score_web.privacy.forms import LeaveForm, RefuseForm
from score_web.privacy.models import Erasure
from score_web.privacy.queries.obstacles import obstacles
from score_web.privacy.views.blueprint import is_owner, privacy


@privacy.route("/leave", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def leave():
    form, actor = LeaveForm(), current_actor()
    if form.validate_on_submit() and is_owner(form):
        services.leave_later(by=actor)
        let_out()
        flash_ok(_("You are signed out. If you change your mind, sign in and keep the account."))
        return redirect(url_for("pages.home"), 303)
    return render_template("privacy/leave.html", form=form, erasure=queries.erasure_of_person(actor.person_id))


@privacy.post("/stay")
@allow(Permission.ACCOUNT_USE, back="privacy.leave")
def stay():
    services.stay(by=current_actor())
    flash_ok(_("Your account stays as it is."))
    return redirect(url_for("privacy.my_data"), 303)


@privacy.route("/erase-enterprise", methods=["GET", "POST"])
@allow(Permission.ENTERPRISE_ERASE)
def erase_enterprise():
    form, enterprise = LeaveForm(), _headed(current_actor())
    if form.validate_on_submit() and is_owner(form):
        services.ask_erasure(db.session.get(Organisation, enterprise.id), by=current_actor())
        flash_ok(_("Noted. All colleagues and the institution have been told."))
        return redirect(url_for("privacy.erase_enterprise"), 303)
    return render_template("privacy/erase_enterprise.html", form=form, enterprise=enterprise, obstacles=obstacles(enterprise.id),
                           erasure=queries.erasure_of_enterprise(enterprise.id))


@privacy.post("/keep-enterprise")
@allow(Permission.ENTERPRISE_ERASE, back="privacy.erase_enterprise")
def keep_enterprise():
    if erasure := queries.erasure_of_enterprise(_headed(current_actor()).id):
        services.take_back(erasure, by=current_actor())
    flash_ok(_("The enterprise stays as it is."))
    return redirect(url_for("privacy.erase_enterprise"), 303)


@privacy.route("/erasures/<int:erasure_id>", methods=["GET", "POST"])
@allow(Permission.ERASURE_DECIDE, on=Erasure)
def decide(erasure: Erasure):
    form = RefuseForm()
    if form.validate_on_submit():
        services.refuse_erasure(erasure, by=current_actor(), reason=form.reason.data)
        flash_ok(_("Refused. The enterprise has been told."))
        return redirect(url_for("privacy.requests"), 303)
    return render_template("privacy/decide.html", form=form, erasure=erasure, obstacles=obstacles(erasure.organisation_id))


@privacy.post("/erasures/<int:erasure_id>/confirm")
@allow(Permission.ERASURE_DECIDE, on=Erasure, back="privacy.requests")
def confirm(erasure: Erasure):
    services.carry_out_erasure(erasure, by=current_actor())
    flash_ok(_("The enterprise is erased; its numbers stay in the statistics."))
    return redirect(url_for("privacy.requests"), 303)


def _headed(actor: Actor) -> Organisation:
    return db.session.get(Organisation, min(m.organisation_id for m in actor.memberships if m.head and m.role is Role.ENTERPRISE))
