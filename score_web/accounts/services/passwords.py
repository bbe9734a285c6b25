"""A new password: by link when it was forgotten, or with the current one. Either ends other sign-ins."""

from score_web.accounts.models import LinkPurpose, Person
from score_web.accounts.queries import person_by_id
from score_web.accounts.services.hashing import hash_password
from score_web.accounts.services.links import end_links, use_link
from score_web.accounts.services.sign_ins import end_sign_ins
from score_web.core import audit, mail
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor


def reset_password(token: str, password: str) -> Person:
    """Use the link up, set the password and end every sign-in of the account. Raises Refused."""
    hashed = hash_password(password)
    link = use_link(token, LinkPurpose.RESET)
    person = person_by_id(link.person_id, lock=True)
    if person is None or person.suspended_at or person.closed_at or person.email != link.email:
        raise Refused(N_("This link has been used already or has run out. Ask for a new one."))
    _set(person, hashed)
    audit.record("person.password_reset", person)
    return person


def change_password(actor: Actor, *, hashed: str) -> None:
    """The other devices are signed out."""
    person = person_by_id(actor.person_id, lock=True)
    _set(person, hashed, keep=actor.sign_in_id)
    audit.record("person.password_changed", person, by=actor)


def _set(person: Person, hashed: str, *, keep: int = 0) -> None:
    person.password_hash = hashed
    end_sign_ins(person.id, keep=keep)
    end_links(email=person.email, person_id=person.id, purposes=(LinkPurpose.RESET,))
    mail.send("accounts/email_password_changed.txt", to=person, path="/accounts/forgot")
