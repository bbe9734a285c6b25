"""Following an invitation: accept it with the account one has, or make one. The role is for who is signed in, wholly."""

from flask import redirect, render_template, request, url_for

from score_web.access import SecondFactorNeeded, current_actor, public
from score_web.accounts import services
from score_web.accounts.forms import ButtonForm, JoinForm
from score_web.accounts.models import LinkPurpose, Organisation
from score_web.accounts.passwords import weakness
from score_web.accounts.queries import has_second_factor, live_link, person_by_email, person_by_id
from score_web.accounts.views.blueprint import accounts, visitor
from score_web.accounts.views.register import dead_link
from score_web.accounts.views.sign_in import enter, renew, too_often
from score_web.core.db import db
from score_web.core.i18n import _, say
from score_web.core.web import flash_ok
from score_web.permissions import Role


@accounts.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str):
    actor, link = current_actor(), live_link(token, LinkPurpose.INVITE)
    if link is None:
        return dead_link(ButtonForm())
    if actor and actor.lacks_factor:
        raise SecondFactorNeeded
    form = ButtonForm() if actor else JoinForm()
    if form.validate_on_submit() and (answer := _accept(token, actor) if actor else _join(token, link.email, form)):
        return answer
    places = [db.session.get(Organisation, link.data[key]) if link.data[key] else None for key in ("organisation_id", "by_organisation_id")]
    return render_template(
        "accounts/invitation.html", form=form, link=link, role=Role(link.data["role"]), organisation=places[0], inviter=places[1]
    )


def _accept(token: str, actor):
    services.accept_invitation(token, person=person_by_id(actor.person_id))
    renew(actor)
    flash_ok(_("Welcome! You now have access."))
    return redirect(url_for("dashboard.show"), 303)


def _join(token: str, email: str, form: JoinForm):
    """The password of the account of this address, or that of a new one: which it is, only the right password tells."""
    hashed = services.hash_password(form.password.data)
    known = person_by_email(email)
    person, wait = services.person_by_password(email, form.password.data, visitor=visitor())
    if person and has_second_factor(person.id):
        return enter(person, then=request.path)  # back here, to accept when the second step is done
    if person:
        services.accept_invitation(token, person=person)
        services.end_sign_ins(person.id)
        return enter(person, _("Welcome! You now have access."))
    weak = weakness(form.password.data, (email, form.name.data))
    if wait or weak or (known and known.activated_at):
        form.password.errors = [
            too_often(wait)
            if wait
            else say(weak)
            if weak
            else _(
                "This does not fit. If you have an account with this address, type its password or choose a new one "
                "under “Forgot password”."
            )
        ]
        return None
    return enter(services.join(token, name=form.name.data, password_hash=hashed), _("Welcome! You now have access."))
