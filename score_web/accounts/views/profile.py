"""My own account: data, e-mail, closing it."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor, let_out, public
from score_web.accounts import services
from score_web.accounts.forms import AgreeForm, ButtonForm, CloseForm, EmailForm, ProfileForm
from score_web.accounts.models import LinkPurpose
from score_web.accounts.queries import documents_to_agree_to, live_link, person_by_id
from score_web.accounts.views.blueprint import accounts, demo_mails, remember_mail_to
from score_web.accounts.views.password import is_owner
from score_web.accounts.views.register import dead_link
from score_web.accounts.views.sign_in import sign_out_elsewhere
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@accounts.route("/profile", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def profile():
    actor = current_actor()
    form = ProfileForm(obj=person_by_id(actor.person_id))
    if form.validate_on_submit():
        services.save_profile(actor, name=form.name.data, phone=form.phone.data or "", language=form.language.data)
        flash_ok(_("Saved."))
        return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/profile.html", form=form)


@accounts.route("/agree", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def agree():
    form, actor = AgreeForm(), current_actor()
    if form.validate_on_submit():
        services.agree(actor.person_id)
        flash_ok(_("Thank you. Your agreement is on record with its date."))
        return redirect(url_for("dashboard.show"), 303)
    return render_template("accounts/agree.html", form=form, changed=documents_to_agree_to(actor.person_id))


@accounts.route("/email", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def change_email():
    actor, form = current_actor(), EmailForm()
    if form.validate_on_submit():
        if form.email.data == actor.email:
            form.email.errors = [_("This is your address already.")]
        elif is_owner(form):
            services.ask_email_change(actor, email=form.email.data)
            remember_mail_to(actor.email, form.email.data)
            return redirect(url_for("accounts.check_both_mails"), 303)
    return render_template("accounts/change_email.html", form=form)


@accounts.get("/email/sent")
@allow(Permission.ACCOUNT_USE)
def check_both_mails():
    return render_template("accounts/check_both_mails.html", mails=demo_mails())


@accounts.route("/confirm-email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str):
    form, link = ButtonForm(), live_link(token, LinkPurpose.EMAIL_OLD, LinkPurpose.EMAIL_NEW)
    if form.validate_on_submit():
        if person := services.confirm_email(token):
            sign_out_elsewhere(person.id)
            flash_ok(_("Both addresses are confirmed. From now on sign in with the new one."))
        else:
            flash_ok(_("Thank you. Now the link sent to the other address must be confirmed too."))
        return redirect(url_for("accounts.profile" if current_actor() else "accounts.sign_in"), 303)
    if link is None:
        return dead_link(form)
    return render_template("accounts/confirm_email.html", form=form, link=link)


@accounts.route("/close", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_USE)
def close():
    form = CloseForm()
    if form.validate_on_submit() and is_owner(form):
        services.close_account(current_actor())
        let_out()
        flash_ok(_("Your account is closed and your personal data is erased. Thank you for working with us."))
        return redirect(url_for("pages.home"), 303)
    return render_template("accounts/close.html", form=form)
