"""Registering, activating and asking for a new password: whoever asks hears the same, the mail says how things are."""


from score_web.accounts.consents import DOCUMENTS
from score_web.accounts.models import Consent, Link, LinkPurpose, MembershipRow, Organisation, Person
from score_web.accounts.queries import person_by_email, person_by_id
from score_web.accounts.services import throttle
from score_web.accounts.services.bringing import unpack_all
from score_web.accounts.services.links import end_links, make_link, use_link
from score_web.core import audit, clock, mail
from score_web.core.db import INSERTS, db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Role


def register(*, email: str, name: str, password_hash: str, language: str, brought: dict[str, str] | None = None) -> None:
    """Mail a link that activates; a known address gets a mail that says so. What was typed waits in the link, so that
    somebody else who registered this address first decides nothing."""
    if throttle.count(throttle.MAIL_ADDRESS, email):
        return
    insert = INSERTS[db.engine.dialect.name](Person)
    db.session.execute(insert.values(email=email, language=language, version=1).on_conflict_do_nothing())
    person = person_by_email(email)
    if person.activated_at:
        make_link(LinkPurpose.NOTHING, email=email, person=person)
        mail.send("accounts/email_known.txt", address=email, language=person.language, path="/accounts/sign-in", private=True)
        return
    typed = {"name": name, "password_hash": password_hash, "language": language, "brought": brought or {}}
    token = make_link(LinkPurpose.ACTIVATE, email=email, person=person, **typed)
    mail.send("accounts/email_activate.txt", address=email, language=language, path=f"/accounts/activate/{token}", private=True, name=name)


def activate(token: str) -> Person:
    """The account starts, with an enterprise of which this person is the head. Raises Refused."""
    link = use_link(token, LinkPurpose.ACTIVATE)
    person = person_by_id(link.person_id, lock=True)
    if person.activated_at:
        raise Refused(N_("This account is active already. Please sign in."))
    start_account(person, link, **{key: link.data[key] for key in ("name", "password_hash", "language")})
    enterprise = Organisation(kind="enterprise")
    db.session.add(MembershipRow(person=person, organisation=enterprise, role=Role.ENTERPRISE.value, head=True))
    unpack_all(person, link.data.get("brought", {}))
    audit.record("person.activated", person)
    return person


def start_account(person: Person, link: Link, *, name: str, password_hash: str, language: str) -> None:
    """Name, password and consent of an account that just begins; other links to its address lose their power."""
    person.name, person.password_hash, person.language, person.activated_at = name, password_hash, language, clock.now()
    agreed = link.created_at if link.purpose == LinkPurpose.ACTIVATE else clock.now()
    for document, version in DOCUMENTS.items():
        db.session.add(Consent(person_id=person.id, document=document, version=version, at=agreed))
    end_links(email=person.email, person_id=person.id, purposes=(LinkPurpose.ACTIVATE,))


def ask_reset(email: str, *, language: str) -> None:
    """Mail a link, or the news that this address has no account: the page says the same in both cases."""
    if throttle.count(throttle.MAIL_ADDRESS, email):
        return
    person = person_by_email(email)
    if person is None or not person.is_active:
        make_link(LinkPurpose.NOTHING, email=email)
        mail.send("accounts/email_unknown.txt", address=email, language=language, path="/accounts/register", private=True)
        return
    token = make_link(LinkPurpose.RESET, email=email, person=person)
    mail.send(
        "accounts/email_reset.txt", address=email, language=person.language, path=f"/accounts/reset/{token}", private=True, name=person.name
    )
