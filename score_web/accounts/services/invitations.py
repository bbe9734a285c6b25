"""Invitations: a link to an address, for a role somewhere. With an account one accepts after signing in, without one it is made."""

from score_web.accounts.models import Link, LinkPurpose, Organisation, Person
from score_web.accounts.queries import person_by_email
from score_web.accounts.services.links import make_link, use_link
from score_web.accounts.services.memberships import add_member
from score_web.accounts.services.registration import start_account
from score_web.core import audit, clock, mail
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor, Role


def invite(
    *, email: str, role: Role, by: Actor | None, language: str, organisation: Organisation | None, inviter: Organisation, head: bool = False
) -> str:
    """Mail an invitation and return its token for handing over. Without `organisation` it founds a new enterprise."""
    token = make_link(
        LinkPurpose.INVITE,
        email=email,
        by=by,
        role=role.value,
        head=head,
        language=language,
        organisation_id=organisation.id if organisation else None,
        by_organisation_id=inviter.id,
    )
    holder = person_by_email(email)
    mail.send(
        "accounts/email_invite.txt",
        address=email,
        language=holder.language if holder and holder.activated_at else language,
        path=f"/accounts/invitation/{token}",
        private=True,
        organisation=organisation,
        inviter=inviter,
        role=role,
        by=by.name if by else "",
    )
    audit.record("organisation.invited", inviter, by=by, role=role.value)
    return token


def accept_invitation(token: str, *, person: Person) -> None:
    """The signed-in owner of the address takes the role. Raises Refused."""
    link = use_link(token, LinkPurpose.INVITE)
    if person.email != link.email or not person.is_active:
        raise Refused(N_("This invitation is for another address."))
    _take_role(person, link)


def join(token: str, *, name: str, password_hash: str) -> Person:
    """An account for the invited address, with the role. Raises Refused."""
    link = use_link(token, LinkPurpose.INVITE)
    person = person_by_email(link.email)
    if person is None:
        person = Person(email=link.email)
        db.session.add(person)
        db.session.flush()
    if person.activated_at:
        raise Refused(N_("This account is active already. Please sign in."))
    start_account(person, link, name=name, password_hash=password_hash, language=link.data["language"])
    _take_role(person, link)
    return person


def _take_role(person: Person, link: Link) -> None:
    role, organisation_id = Role(link.data["role"]), link.data["organisation_id"]
    organisation = db.session.get(Organisation, organisation_id) if organisation_id else Organisation(kind="enterprise")
    if organisation.closed_at:
        raise Refused(N_("This organisation is closed."))
    if not organisation_id:
        db.session.add(organisation)
        db.session.flush()
    add_member(person, organisation, role, head=link.data["head"])
    audit.record("organisation.joined", organisation, by=person, person_id=person.id, role=role.value)


def withdraw(link: Link) -> None:
    """The link stops working."""
    link.used_at = link.used_at or clock.now()


def renew_invitation(link: Link, *, by: Actor) -> str:
    """A new token for the same invitation; the old one stops working. Raises Refused when it was accepted or withdrawn."""
    if link.used_at is not None:
        raise Refused(N_("This link has been used already or has run out. Ask for a new one."))
    withdraw(link)
    return make_link(LinkPurpose.INVITE, email=link.email, by=by, **link.data)


def change_institution(institution: Organisation, *, by: Actor, **facts) -> None:
    """Rename it or change its area; what it was stays in the history."""
    before = {name: getattr(institution, name) for name, value in facts.items() if getattr(institution, name) != value}
    for name, value in facts.items():
        setattr(institution, name, value)
    if before:
        words = {"was": before, "is": {name: facts[name] for name in before}}
        audit.record("organisation.changed", institution, by=by, fields=sorted(before), words=words)


def found_institution(
    *, name_zh: str, name_en: str, scope: str, contact: str, email: str, by: Actor | None, language: str
) -> tuple[Organisation, str]:
    """A new partner institution and the invitation of its first head; returns it with the token."""
    institution = Organisation(kind="institution", name_zh=name_zh, name_en=name_en, scope=scope, contact=contact)
    db.session.add(institution)
    audit.record("organisation.founded", institution, by=by, words={"scope": scope})
    token = invite(email=email, role=Role.PARTNER, by=by, language=language, organisation=institution, inviter=institution, head=True)
    return institution, token
