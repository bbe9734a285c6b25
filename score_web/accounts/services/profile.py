"""The person's own data, and a new e-mail address that both the old and the new one must confirm."""

from score_web.access import key_hash, new_key
from score_web.accounts.models import Link, LinkPurpose, Person
from score_web.accounts.queries import person_by_email, person_by_id
from score_web.accounts.services import throttle
from score_web.accounts.services.links import end_links, make_link, use_link
from score_web.core import audit, mail
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor

BOTH = (LinkPurpose.EMAIL_OLD, LinkPurpose.EMAIL_NEW)


def save_profile(actor: Actor, *, name: str, phone: str, language: str) -> None:
    person = person_by_id(actor.person_id, lock=True)
    person.name, person.phone, person.language = name, phone, language


def ask_email_change(actor: Actor, *, email: str) -> None:
    """Mail a link to each address; an address that has an account hears so instead, and the page never tells."""
    person = person_by_id(actor.person_id)
    end_links(email="", person_id=person.id, purposes=BOTH)
    if throttle.count(throttle.MAIL_ADDRESS, email) or throttle.count(throttle.INVITE_PERSON, str(actor.person_id)):
        return
    pair = {"pair": new_key(), "old": person.email, "new": email}
    for purpose, address in ((LinkPurpose.EMAIL_OLD, person.email), (LinkPurpose.EMAIL_NEW, email)):
        holder = person_by_email(address)
        if purpose is LinkPurpose.EMAIL_NEW and holder and holder.activated_at:
            make_link(LinkPurpose.NOTHING, email=address, person=person, by=actor, **pair)
            mail.send("accounts/email_known.txt", address=address, language=holder.language, path="/accounts/sign-in", private=True)
            continue
        token = make_link(purpose, email=address, person=person, by=actor, **pair)
        mail.send(
            f"accounts/{'email_change_old' if purpose is LinkPurpose.EMAIL_OLD else 'email_change_new'}.txt",
            address=address,
            language=person.language,
            path=f"/accounts/confirm-email/{token}",
            private=True,
            name=person.name,
            **pair,
        )


def confirm_email(token: str) -> Person | None:
    """The person, when this was the second of the two confirmations and the address is now the new one. Raises Refused."""
    person_id = db.session.scalar(db.select(Link.person_id).where(Link.token_hash == key_hash(token)))
    person = person_by_id(person_id or 0, lock=True)  # locked first, so that two confirmations at once see each other
    link = use_link(token, *BOTH)
    if person is None or not person.is_active or person.email != link.data["old"]:
        raise Refused(N_("This link has been used already or has run out. Ask for a new one."))
    other = LinkPurpose.EMAIL_NEW if link.purpose == LinkPurpose.EMAIL_OLD else LinkPurpose.EMAIL_OLD
    links = db.session.scalars(db.select(Link).where(Link.person_id == person.id, Link.purpose == other.value)).all()
    if not any(row.data["pair"] == link.data["pair"] and row.used_at for row in links):
        return None
    _move(person, link.data["new"])
    return person


def _move(person: Person, email: str) -> None:
    holder = person_by_email(email)
    if holder and holder.activated_at:
        raise Refused(N_("This address cannot be used. Your old one stays."))
    if holder:
        _give_up(holder)
    audit.record("person.email_changed", person)
    mail.send("accounts/email_changed.txt", to=person, path="/accounts/sign-in", private=True, name=person.name)  # to the old address still
    end_links(email=person.email, person_id=person.id)
    person.email = email


def _give_up(holder: Person) -> None:
    """Somebody once typed this address without ever confirming it: the one who can read its mail has it now."""
    end_links(email=holder.email, person_id=holder.id, purposes=(LinkPurpose.ACTIVATE,))
    holder.email = f"unconfirmed-{holder.id}@example.invalid"
    db.session.flush()
