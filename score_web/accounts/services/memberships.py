"""Who belongs to an organisation: an organisation keeps a person who can act for it, and one who may invite others."""

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.queries import colleagues_of
from score_web.accounts.services.links import end_links_made_by
from score_web.core import audit, clock, mail
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor, Role


def end_membership(row: MembershipRow, *, by: Actor | None) -> None:
    """Remove a colleague, or leave. Raises Refused for the last active member and for the last head."""
    lock(row.organisation_id)
    db.session.refresh(row)
    if row.until is not None:
        raise Refused(N_("This has changed in the meantime. Look at where it stands now before you go on."))
    check_not_last(row)
    row.until = clock.now()
    if by is None or by.person_id != row.person_id:
        end_links_made_by(row.person_id)
    audit.record("organisation.member_removed", row.organisation, by=by, person_id=row.person_id, role=row.role)
    if by is None or by.person_id != row.person_id:
        mail.send("accounts/email_removed.txt", to=row.person, path="/accounts/profile", organisation=row.organisation, role=Role(row.role))


def check_not_last(row: MembershipRow) -> None:
    """Trainers come and go; enterprise people and partner staff must leave somebody behind."""
    if row.role == Role.TRAINER:
        return
    others = [m for m in colleagues_of(row.organisation_id, Role(row.role)) if m.id != row.id and m.person.is_active]
    if not others:
        raise Refused(N_("You are the last person there: invite a colleague and make that person head first."))
    if row.head and not any(m.head for m in others):
        raise Refused(N_("This is the only head there: make a colleague head first."))


def make_head(row: MembershipRow, *, by: Actor) -> None:
    """A second head may invite and remove colleagues too."""
    lock(row.organisation_id)
    db.session.refresh(row)
    if row.until is not None or row.head or row.role == Role.TRAINER or not row.person.is_active:
        raise Refused(N_("This has changed in the meantime. Look at where it stands now before you go on."))
    row.head = True
    audit.record("organisation.head_made", row.organisation, by=by, person_id=row.person_id)
    mail.send("accounts/email_head.txt", to=row.person, path="/accounts/colleagues", organisation=row.organisation)


def add_member(person: Person, organisation: Organisation, role: Role, *, head: bool) -> MembershipRow:
    """A new row, or the old one of somebody who comes back."""
    row = db.session.scalar(db.select(MembershipRow).filter_by(person_id=person.id, organisation_id=organisation.id, role=role.value))
    if row is None:
        row = MembershipRow(person=person, organisation=organisation, role=role.value, head=head)
        db.session.add(row)
    elif row.until is not None:
        row.until, row.since, row.head = None, clock.now(), head
    return row


def lock(organisation_id: int) -> Organisation:
    """Two heads who remove each other at the same moment wait here for one another."""
    return db.session.get(Organisation, organisation_id, populate_existing=True, with_for_update=True)
