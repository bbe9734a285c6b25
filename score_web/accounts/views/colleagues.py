"""Who works here with me? Heads invite and remove; whoever wants to leave may."""

from flask import redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.accounts import services
from score_web.accounts.forms import InviteColleagueForm
from score_web.accounts.models import Link, MembershipRow, Organisation
from score_web.accounts.queries import organisations_by_id, page_of_colleagues, page_of_invitations
from score_web.accounts.services import throttle
from score_web.accounts.views.blueprint import accounts, demo_mails, remember_mail_to
from score_web.accounts.views.sign_in import sign_out_elsewhere, wait_page
from score_web.core.i18n import _, current_language
from score_web.core.paging import Page
from score_web.core.web import flash_ok
from score_web.permissions import Permission, Role


@accounts.get("/colleagues")
@allow(Permission.ACCOUNT_USE)
def colleagues():
    hats = [m for m in current_actor().memberships if m.role is not Role.TRAINER]
    named = organisations_by_id([m.organisation_id for m in hats])
    groups = [(hat, named[hat.organisation_id], _page(hat)) for hat in hats]
    invited = page_of_invitations([m.organisation_id for m in hats if m.head], request.args.get("invited", ""))
    return render_template("accounts/colleagues.html", groups=groups, invited=invited, mails=demo_mails())


def _page(hat) -> Page:
    """Each organisation's list goes on by itself, under a word of its own in the address."""
    return page_of_colleagues(hat.organisation_id, hat.role, request.args.get(f"page{hat.organisation_id}", ""))


@accounts.route("/colleagues/<int:organisation_id>/invite", methods=["GET", "POST"])
@allow(Permission.COLLEAGUES_MANAGE, on=Organisation)
def invite_colleague(organisation: Organisation):
    form, actor = InviteColleagueForm(), current_actor()
    if form.validate_on_submit():
        if wait := throttle.count(throttle.INVITE_PERSON, str(actor.person_id)):
            return wait_page("accounts/invite_colleague.html", form, wait, organisation=organisation)
        role = Role.ENTERPRISE if organisation.kind == "enterprise" else Role.PARTNER
        services.invite(
            email=form.email.data,
            role=role,
            head=form.head.data,
            by=actor,
            language=current_language(),
            organisation=organisation,
            inviter=organisation,
        )
        remember_mail_to(form.email.data)
        flash_ok(_("The invitation is on its way to %(email)s. It is valid for 7 days.", email=form.email.data))
        return redirect(url_for("accounts.colleagues"), 303)
    return render_template("accounts/invite_colleague.html", form=form, organisation=organisation)


@accounts.post("/memberships/<int:membership_row_id>/end")
@allow(Permission.MEMBERSHIP_END, on=MembershipRow, back="accounts.colleagues")
def end_membership(membership_row: MembershipRow):
    services.end_membership(membership_row, by=current_actor())
    sign_out_elsewhere(membership_row.person_id)
    flash_ok(_("Done: this person no longer has access there."))
    return redirect(url_for("accounts.colleagues"), 303)


@accounts.post("/memberships/<int:membership_row_id>/head")
@allow(Permission.MEMBERSHIP_LEAD, on=MembershipRow, back="accounts.colleagues")
def make_head(membership_row: MembershipRow):
    services.make_head(membership_row, by=current_actor())
    sign_out_elsewhere(membership_row.person_id)
    flash_ok(_("%(name)s may now invite and remove colleagues too.", name=membership_row.person.name))
    return redirect(url_for("accounts.colleagues"), 303)


@accounts.post("/invitations/<int:link_id>/withdraw")
@allow(Permission.INVITATION_MANAGE, on=Link, back="accounts.colleagues")
def withdraw_invitation(link: Link):
    services.withdraw(link)
    flash_ok(_("The invitation is withdrawn; its link no longer works."))
    own = any(m.head and m.organisation_id == link.organisation_id for m in current_actor().memberships)
    return redirect(url_for("accounts.colleagues" if own and link.data["role"] != Role.TRAINER else "accounts.people"), 303)
