"""Registering an enterprise account: whoever registers hears the same; the link in the mail activates."""

from flask import redirect, render_template, url_for

from score_web.access import public
from score_web.accounts import services
from score_web.accounts.forms import ButtonForm, RegisterForm
from score_web.accounts.models import LinkPurpose
from score_web.accounts.queries import live_link
from score_web.accounts.services import throttle
from score_web.accounts.views.blueprint import accounts, demo_mails, remember_mail_to, visitor
from score_web.accounts.views.sign_in import enter, wait_page
from score_web.core.i18n import _, current_language


@accounts.route("/register", methods=["GET", "POST"])
@public
def register():
    form = RegisterForm()
    if form.validate_on_submit():
        hashed = services.hash_password(form.password.data)
        if wait := throttle.count(throttle.MAIL_CLIENT, visitor().client):
            return wait_page("accounts/register.html", form, wait, notices=services.notices())
        services.register(email=form.email.data, name=form.name.data, password_hash=hashed, language=current_language(),
                          brought=services.pack_all())
        remember_mail_to(form.email.data)
        return redirect(url_for("accounts.check_mail"), 303)
    return render_template("accounts/register.html", form=form, notices=services.notices())


@accounts.get("/check-mail")
@public
def check_mail():
    return render_template("accounts/check_mail.html", mails=demo_mails())


@accounts.route("/activate/<token>", methods=["GET", "POST"])
@public
def activate(token: str):
    """A page with a button: mail scanners open links and must not use them up."""
    form, link = ButtonForm(), live_link(token, LinkPurpose.ACTIVATE)
    if form.validate_on_submit():
        person = services.activate(token)
        return enter(person, _("Your account is active and you are signed in. Next time sign in with your e-mail and password."))
    if link is None:
        return dead_link(form)
    return render_template("accounts/activate.html", form=form, link=link)


def dead_link(form):
    """A link that was used or ran out; the page says where to get a new one."""
    return render_template("accounts/dead_link.html", form=form), 410
