"""Closing one's own account: personal data goes, what the person decided stays in the record."""

from collections.abc import Callable

from flask import current_app

from score_web.accounts.models import Device, LinkPurpose, Mandate, Organisation, Person, RecoveryCode, SecondFactor, SignIn
from score_web.accounts.queries import colleagues_of, person_by_id
from score_web.accounts.services.links import end_links
from score_web.accounts.services.memberships import check_not_last, lock
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.permissions import Actor, Role

NAME = "score_leaving"


def when_leaving(app, erase: Callable[[Person], None]) -> None:
    """Features further right hold personal data too: each erases its own while the name is still known."""
    app.extensions.setdefault(NAME, []).append(erase)


def close_account(actor: Actor) -> None:
    """Raises Refused while somebody else depends on this account."""
    person = person_by_id(actor.person_id, lock=True)
    now = clock.now()
    for row in sorted(person.live_memberships, key=lambda row: row.organisation_id):
        organisation = lock(row.organisation_id)
        if _nobody_depends_on(organisation, row.id):
            organisation.closed_at = now
        else:
            check_not_last(row)
        row.until = now
    db.session.execute(db.update(Mandate).where(Mandate.person_id == person.id, Mandate.ends_at > now).values(ends_at=now))
    _forget_ways_in(person.id)
    end_links(email=person.email, person_id=person.id, purposes=tuple(LinkPurpose))
    db.session.execute(db.delete(Message).where(Message.person_id == person.id))
    audit.record("person.closed", person, by=actor)
    for erase in current_app.extensions.get(NAME, ()):
        erase(person)
    _blank(person, now)


def _forget_ways_in(person_id: int) -> None:
    for model in (SignIn, Device, RecoveryCode, SecondFactor):
        db.session.execute(db.delete(model).where(model.person_id == person_id).execution_options(synchronize_session=False))


def _nobody_depends_on(organisation: Organisation, row_id: int) -> bool:
    """An enterprise that never handed anything in, and this person alone in it."""
    alone = all(m.id == row_id for m in colleagues_of(organisation.id, Role.ENTERPRISE))
    return organisation.kind == "enterprise" and organisation.institution_id is None and alone


def _blank(person: Person, now) -> None:
    person.name = person.phone = person.password_hash = person.suspended_because = ""
    person.email, person.closed_at = f"closed-{person.id}@example.invalid", now
