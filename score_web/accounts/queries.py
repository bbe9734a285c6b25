"""Who is this, and whom may they see?"""

from sqlalchemy import func, select
from sqlalchemy.sql import Select

from score_web.accounts.models import Mandate, MembershipRow, Organisation, Person, SignIn
from score_web.core import clock
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.permissions import Actor, Membership, Role


def _actor_select() -> Select:
    unread = (
        select(func.count()).select_from(Message)
        .where(Message.person_id == Person.id, Message.read_at.is_(None), Message.private.is_(False)).scalar_subquery()
    )
    return (
        select(
            Person.id, Person.name, Person.email, Person.language, unread.label("unread"),
            MembershipRow.role, MembershipRow.organisation_id, MembershipRow.head,
            Organisation.scope, Organisation.name_zh, Organisation.name_en,
        )
        .outerjoin(MembershipRow, (MembershipRow.person_id == Person.id) & MembershipRow.until.is_(None))
        .outerjoin(Organisation, Organisation.id == MembershipRow.organisation_id)
        .where(Person.activated_at.is_not(None), Person.suspended_at.is_(None), Person.closed_at.is_(None))
        .order_by(MembershipRow.id)
    )


def find_actor(key_hash: str) -> Actor | None:
    """The person behind a sign-in key, with memberships and mandates as of now; None when ended, suspended or closed."""
    query = _actor_select().add_columns(SignIn.id.label("sign_in_id")).join(SignIn, SignIn.person_id == Person.id)
    return _actor(db.session.execute(query.where(SignIn.key_hash == key_hash, SignIn.ended_at.is_(None))).all())


def actor_of(person: Person) -> Actor | None:
    """The same rights for a person known otherwise (command line, demo data, tests)."""
    return _actor(db.session.execute(_actor_select().where(Person.id == person.id)).all())


def _actor(rows) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    memberships = tuple(
        Membership(Role(r.role), r.organisation_id, r.head, r.scope, r.name_zh, r.name_en) for r in rows if r.role
    )
    return Actor(
        person_id=first.id, name=first.name or first.email, email=first.email, language=first.language, memberships=memberships,
        mandates=_mandates(first.id) if any(m.role is Role.TRAINER for m in memberships) else frozenset(),
        sign_in_id=getattr(first, "sign_in_id", 0), unread=first.unread,
    )


def _mandates(person_id: int) -> frozenset[int]:
    now = clock.now()
    return frozenset(db.session.scalars(
        select(Mandate.enterprise_id).where(Mandate.person_id == person_id, Mandate.starts_at <= now, Mandate.ends_at > now)
    ))


def institutions() -> list[Organisation]:
    """Open partner institutions, by name."""
    return list(db.session.scalars(
        select(Organisation).where(Organisation.kind == "institution", Organisation.closed_at.is_(None)).order_by(Organisation.id)
    ))


def people_of(organisation_id: int, role: Role | None = None) -> list[Person]:
    """Active people with a live membership there: who is told when something happens."""
    query = (
        select(Person).join(MembershipRow, MembershipRow.person_id == Person.id)
        .where(MembershipRow.organisation_id == organisation_id, MembershipRow.until.is_(None),
               Person.activated_at.is_not(None), Person.suspended_at.is_(None), Person.closed_at.is_(None))
        .distinct().order_by(Person.id)
    )
    return list(db.session.scalars(query.where(MembershipRow.role == role.value) if role else query))


def mandates_over(enterprise_id: int) -> list[Mandate]:
    """Live mandates: the rows shown as "Who can see our results"."""
    now = clock.now()
    return list(db.session.scalars(
        select(Mandate).where(Mandate.enterprise_id == enterprise_id, Mandate.starts_at <= now, Mandate.ends_at > now)
        .order_by(Mandate.id)
    ))
