"""What partner staff may do with one account: suspend, restore, remove a lost second factor, make a link to hand over."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.accounts import services
from score_web.accounts.forms import ReasonForm
from score_web.accounts.models import Person
from score_web.accounts.views.blueprint import accounts
from score_web.accounts.views.people import show_link
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@accounts.route("/people/<int:person_id>/suspend", methods=["GET", "POST"])
@allow(Permission.PERSON_OVERSEE, on=Person)
def suspend(person: Person):
    form = ReasonForm()
    if form.validate_on_submit():
        services.suspend(person, by=current_actor(), reason=form.reason.data)
        flash_ok(_("The account is suspended; the person is told your reason."))
        return redirect(url_for("accounts.person", person_id=person.id), 303)
    return render_template("accounts/suspend.html", form=form, person=person)


@accounts.route("/people/<int:person_id>/restore", methods=["GET", "POST"])
@allow(Permission.PERSON_OVERSEE, on=Person)
def restore(person: Person):
    form = ReasonForm()
    if form.validate_on_submit():
        services.restore(person, by=current_actor(), reason=form.reason.data)
        flash_ok(_("The account works again; the person is told."))
        return redirect(url_for("accounts.person", person_id=person.id), 303)
    return render_template("accounts/restore.html", form=form, person=person)


@accounts.route("/people/<int:person_id>/second-factor", methods=["GET", "POST"])
@allow(Permission.PERSON_OVERSEE, on=Person)
def remove_factor(person: Person):
    form = ReasonForm()
    if form.validate_on_submit():
        services.remove_factor(person, by=current_actor(), reason=form.reason.data)
        flash_ok(_("This person now signs in with the password alone and is told your reason."))
        return redirect(url_for("accounts.person", person_id=person.id), 303)
    return render_template("accounts/remove_factor.html", form=form, person=person)


@accounts.post("/people/<int:person_id>/link")
@allow(Permission.PERSON_OVERSEE, on=Person, back="accounts.person")
def hand_over_link(person: Person):
    return show_link("reset", services.link_to_hand_over(person, by=current_actor()), person.email, person.language)
