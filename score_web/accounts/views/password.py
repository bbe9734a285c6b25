"""A forgotten password, and a new one."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor, public
from score_web.accounts import services
from score_web.accounts.forms import ForgotForm, PasswordForm, ResetForm
from score_web.accounts.models import LinkPurpose
from score_web.accounts.queries import live_link, person_by_id
from score_web.accounts.services import throttle
from score_web.accounts.views.blueprint import accounts, demo_mails, remember_mail_to, visitor
from score_web.accounts.views.register import dead_link
from score_web.accounts.views.sign_in import enter, renew, too_often, wait_page
from score_web.core.i18n import _, current_language
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@accounts.route("/forgot", methods=["GET", "POST"])
@public
def forgot():
    form = ForgotForm()
    if form.validate_on_submit():
        if wait := throttle.count(throttle.MAIL_CLIENT, visitor().client):
            return wait_page("accounts/forgot.html", form, wait)
        services.ask_reset(form.email.data, language=current_language())
        remember_mail_to(form.email.data)
        return redirect(url_for("accounts.check_reset_mail"), 303)
    return render_template("accounts/forgot.html", form=form)


@accounts.get("/forgot/sent")
@public
def check_reset_mail():
    return render_template("accounts/check_reset_mail.html", mails=demo_mails())


@accounts.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str):
    link = live_link(token, LinkPurpose.RESET)
    person = person_by_id(link.person_id) if link else None
    form = ResetForm(person.email, person.name) if person else ResetForm()
    if link is None:
        return dead_link(form)
    if form.validate_on_submit():
        person = services.reset_password(token, form.password.data)
        return enter(person, _("Your new password is set and you are signed in. All other devices have been signed out."))
    return render_template("accounts/reset.html", form=form, email=link.email)


@accounts.route("/password", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def change_password():
    actor = current_actor()
    form = PasswordForm(actor.email, actor.name, *(m.name_en for m in actor.memberships))
    if form.validate_on_submit():
        hashed = services.hash_password(form.password.data)
        if is_owner(form):
            services.change_password(actor, hashed=hashed)
            renew(actor)
            flash_ok(_("Your password is changed. All other devices have been signed out."))
            return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/change_password.html", form=form)


def is_owner(form) -> bool:
    """Asks for the current password; tries are counted like those of signing in."""
    person, wait = services.person_by_password(current_actor().email, form.current.data, visitor=visitor())
    if person is None:
        form.current.errors = [too_often(wait) if wait else _("This is not your current password.")]
    return person is not None
