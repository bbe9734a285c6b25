"""The accounts in the scope of a partner institution, and inviting trainers and enterprises."""

from flask import redirect, render_template, request, session, url_for

from score_web.access import allow, current_actor
from score_web.accounts import services
from score_web.accounts.forms import InviteForm
from score_web.accounts.models import Link, Organisation, Person
from score_web.accounts.queries import COMING_AND_GOING, has_second_factor, page_of_invitations
from score_web.accounts.queries.people import search_people
from score_web.accounts.scopes import is_within_reach
from score_web.accounts.services import throttle
from score_web.accounts.views.blueprint import accounts
from score_web.accounts.views.sign_in import wait_page
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.forms import clean
from score_web.core.mail import base_url
from score_web.core.paging import Page
from score_web.permissions import Actor, Permission, Role, permitted

SHOWN_SECONDS = 600


@accounts.get("/people")
@allow(Permission.PEOPLE_MANAGE)
def people():
    actor = current_actor()
    text, role = clean(request.args.get("q"))[:100], next((one.value for one in Role if one == request.args.get("role")), "")
    page = search_people(actor, text=text, role=role, page=request.args.get("page", ""))
    invited = None if page.before or text or role else _invited(actor)
    return render_template("accounts/people.html", page=page, text=text, role=role, roles=Role, invited=invited)


def _invited(actor: Actor) -> Page:
    found = page_of_invitations(actor.organisations(Role.PARTNER), request.args.get("invited", ""))
    return found.showing([link for link in found.rows if permitted(Permission.INVITATION_MANAGE, actor, link)])


@accounts.get("/people/<int:person_id>")
@allow(Permission.PERSON_OVERSEE, on=Person)
def person(person: Person):
    reachable = is_within_reach(current_actor(), person.live_memberships)
    history = audit.history(person, without=COMING_AND_GOING)
    return render_template(
        "accounts/person.html", person=person, reachable=reachable, history=history, two_steps=has_second_factor(person.id)
    )


@accounts.route("/people/invite", methods=["GET", "POST"])
@allow(Permission.PEOPLE_MANAGE)
def invite():
    form, actor = InviteForm(), current_actor()
    if form.validate_on_submit():
        if wait := throttle.count(throttle.INVITE_PERSON, str(actor.person_id)):
            return wait_page("accounts/invite.html", form, wait)
        own, role = db.session.get(Organisation, actor.institution_id), Role(form.role.data)
        token = services.invite(
            email=form.email.data,
            role=role,
            head=role is Role.ENTERPRISE,
            by=actor,
            language=form.language.data,
            organisation=own if role is Role.TRAINER else None,
            inviter=own,
        )
        return show_link("invitation", token, form.email.data, form.language.data)
    return render_template("accounts/invite.html", form=form)


def show_link(kind: str, token: str, email: str, language: str):
    """On to the page with the link, in the language of who gets it. Only its hash is stored; the sender's cookie keeps it for minutes,
    so that the page survives a reload and the language switch."""
    session["handed"] = [kind, token, email, language, int(clock.now().timestamp()) + SHOWN_SECONDS]
    return redirect(url_for("accounts.handed_link"), 303)


@accounts.get("/people/link")
@allow(Permission.PEOPLE_MANAGE)
def handed_link():
    kind, token, email, language, until = session.get("handed") or ("", "", "", "", 0)
    if clock.now().timestamp() > until:
        session.pop("handed", None)
        return redirect(url_for("accounts.people"), 303)
    address = f"{base_url()}/{language}/accounts/{kind}/{token}"
    return render_template("accounts/handed_link.html", kind=kind, address=address, email=email)


@accounts.post("/invitations/<int:link_id>/link")
@allow(Permission.INVITATION_MANAGE, on=Link, back="accounts.people")
def renew_invitation(link: Link):
    """A fresh link for somebody whom the mail did not reach; the old one stops working."""
    return show_link("invitation", services.renew_invitation(link, by=current_actor()), link.email, link.data["language"])
