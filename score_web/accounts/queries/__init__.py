"""Who is this, and whom may they see?"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql import Select

from score_web.access import key_hash
from score_web.accounts.consents import outdated
from score_web.accounts.models import Consent, Device, Link, LinkPurpose, Mandate, MembershipRow, Organisation, Person, SecondFactor, SignIn
from score_web.core import audit, clock, paging
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.core.paging import Page
from score_web.core.reading import find, lock_row, read
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence
from score_web.permissions import Actor, Membership, Role

COMING_AND_GOING = ("person.signed_in", "person.signed_out", "person.sign_in_failed")  # the log has them; a history would be full of them
OPEN_INSTITUTIONS = select(Organisation).where(Organisation.kind == "institution", Organisation.closed_at.is_(None))
HEADS_FIRST = (case((MembershipRow.head, 0), else_=1).label("rank"), MembershipRow.id)
UNREAD = 100  # beyond these nobody counts new messages, which happens with every page


def _actor_select() -> Select:
    new = select(Message.id).where(Message.person_id == Person.id, Message.read_at.is_(None), Message.private.is_(False))
    unread = select(func.count()).select_from(new.correlate(Person).limit(UNREAD).subquery()).scalar_subquery()
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.language,
            SecondFactor.salt,
            unread.label("unread"),
            MembershipRow.role,
            MembershipRow.organisation_id,
            MembershipRow.head,
            Organisation.scope,
            Organisation.name_zh,
            Organisation.name_en,
        )
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .outerjoin(MembershipRow, (MembershipRow.person_id == Person.id) & MembershipRow.until.is_(None))
        .outerjoin(Organisation, Organisation.id == MembershipRow.organisation_id)
        .where(Person.activated_at.is_not(None), Person.suspended_at.is_(None), Person.closed_at.is_(None))
        .order_by(MembershipRow.id)
    )


SIGNED_IN = (
    _actor_select().add_columns(SignIn.id.label("sign_in_id"), SignIn.expires_at, SignIn.seen_on)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.key_hash == bindparam("key"), SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("now"))
)


KNOWN = _actor_select().where(Person.id == bindparam("person"))


def find_actor(key_hash: str) -> Actor | None:
    """The person behind a sign-in key, with memberships and mandates as of now; None when ended, suspended or closed."""
    return _actor(read(SIGNED_IN, key=key_hash, now=clock.now()))


def actor_of(person: Person) -> Actor | None:
    """The same rights for a person known otherwise (command line, demo data, tests)."""
    return _actor(read(KNOWN, person=person.id))


def _actor(rows) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    memberships = tuple(Membership(Role(r.role), r.organisation_id, r.head, r.scope, r.name_zh, r.name_en) for r in rows if r.role)
    return Actor(
        person_id=first.id,
        name=first.name or first.email,
        email=first.email,
        language=first.language,
        memberships=memberships,
        mandates=_mandates(first.id) if any(m.role is Role.TRAINER for m in memberships) else frozenset(),
        sign_in_id=getattr(first, "sign_in_id", 0),
        unread=first.unread,
        lacks_factor=not first.salt and any(m.role.value in current_app.config["SECOND_FACTOR"] for m in memberships),
        ends_at=_ends_soon(getattr(first, "expires_at", None)),
        seen_on=getattr(first, "seen_on", None),
    )


def _ends_soon(moment: datetime | None) -> datetime | None:
    """Told on the last day only."""
    return moment if moment and moment - clock.now() < timedelta(days=1) else None


def _mandates(person_id: int) -> frozenset[int]:
    now = clock.now()
    return frozenset(
        db.session.scalars(
            select(Mandate.enterprise_id).where(Mandate.person_id == person_id, Mandate.starts_at <= now, Mandate.ends_at > now)
        )
    )


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == email))


PASSWORD = (
    select(Person.id, Person.password_hash, Device.id.label("device_id"))
    .outerjoin(Device, (Device.person_id == Person.id) & (Device.key_hash == bindparam("device"))).where(Person.email == bindparam("email"))
)


def stored_password(email: str, device_hash: str) -> tuple[int, str, int | None]:
    """(person, hash of the password, device) in one look, so that it costs the same for an address that nobody has: (0, "", None)."""
    rows = read(PASSWORD, email=email, device=device_hash)
    return tuple(rows[0]) if rows else (0, "", None)


FACTOR = select(SecondFactor.person_id).where(SecondFactor.person_id == bindparam("person"))


def has_second_factor(person_id: int) -> bool:
    return bool(read(FACTOR, person=person_id))


def person_by_id(person_id: int, *, lock: bool = False) -> Person | None:
    """With `lock` as it is now, and nobody else changes it before we are done."""
    person = find(Person, person_id)
    if person and lock:
        lock_row(person)
    return person


def institutions() -> list[Organisation]:
    """Open partner institutions."""
    return list(db.session.scalars(OPEN_INSTITUTIONS.order_by(Organisation.id)))


def page_of_institutions(page: str) -> Page:
    found = paging.page([OPEN_INSTITUTIONS], (Organisation.id,), page)
    return found.showing(paging.loaded(select(Organisation), Organisation, found.ids))


def institution_ids() -> list[int]:
    """Of all institutions, closed ones too: what was handed to them is still found."""
    return list(db.session.scalars(select(Organisation.id).where(Organisation.kind == "institution").order_by(Organisation.id)))


def people_of(organisation_id: int, role: Role | None = None) -> list[Person]:
    """Active people with a live membership there: who is told when something happens."""
    query = (
        select(Person)
        .join(MembershipRow, MembershipRow.person_id == Person.id)
        .where(
            MembershipRow.organisation_id == organisation_id,
            MembershipRow.until.is_(None),
            Person.activated_at.is_not(None),
            Person.suspended_at.is_(None),
            Person.closed_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    )
    return list(db.session.scalars(query.where(MembershipRow.role == role.value) if role else query))


def mandates_over(enterprise_id: int) -> list[Mandate]:
    """Live mandates: the rows shown as "Who can see our results"."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(Mandate)
            .options(joinedload(Mandate.person))
            .where(Mandate.enterprise_id == enterprise_id, Mandate.starts_at <= now, Mandate.ends_at > now)
            .order_by(Mandate.id)
        )
    )


def colleagues_of(organisation_id: int, role: Role) -> list[MembershipRow]:
    """Live memberships of this role there, suspended people too; heads first."""
    return list(db.session.scalars(_members(organisation_id, role).options(selectinload(MembershipRow.person)).order_by(*HEADS_FIRST)))


def page_of_colleagues(organisation_id: int, role: Role, page: str) -> Page:
    """The same, one page of them."""
    found = paging.page([_members(organisation_id, role)], HEADS_FIRST, page)
    return found.showing(paging.loaded(select(MembershipRow).options(selectinload(MembershipRow.person)), MembershipRow, found.ids))


def _members(organisation_id: int, role: Role) -> Select:
    there = (MembershipRow.organisation_id == organisation_id, MembershipRow.role == role.value)
    return select(MembershipRow).where(*there, MembershipRow.until.is_(None))


def people_visible_to(actor: Actor) -> Select:
    """Other people with a role for which an institution of this actor is responsible; nationwide staff see all of those."""
    own = actor.organisations(Role.PARTNER)
    enterprise = MembershipRow.role == Role.ENTERPRISE.value
    if actor.is_nationwide:
        in_scope = or_(~enterprise, Organisation.institution_id.is_not(None))
    else:
        in_scope = or_(enterprise & Organisation.institution_id.in_(own), ~enterprise & MembershipRow.organisation_id.in_(own))
    members = select(MembershipRow.person_id).join(Organisation).where(MembershipRow.until.is_(None), in_scope)
    return select(Person).where(Person.id.in_(members), Person.id != actor.person_id)


def live_link(token: str, *purposes: LinkPurpose) -> Link | None:
    """The link as long as it works."""
    return db.session.scalar(
        select(Link).where(
            Link.token_hash == key_hash(token),
            Link.purpose.in_([p.value for p in purposes]),
            Link.used_at.is_(None),
            Link.expires_at > clock.now(),
        )
    )


def page_of_invitations(organisation_ids, page: str) -> Page:
    """Invitations of these organisations that nobody has accepted yet, newest first."""
    waiting = select(Link).where(
        Link.purpose == LinkPurpose.INVITE.value,
        Link.used_at.is_(None),
        Link.expires_at > clock.now(),
        Link.data["by_organisation_id"].as_integer().in_(organisation_ids),
    )
    found = paging.page([waiting], (Link.expires_at, Link.id), page, newest_first=True)  # the index of the few that are still open
    return found.showing(paging.loaded(select(Link), Link, found.ids))


def organisations_by_id(ids) -> dict[int, Organisation]:
    return {o.id: o for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}


def sign_ins_of(person_id: int) -> list[SignIn]:
    """Devices that are signed in, newest first."""
    live = (SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > clock.now())
    return list(db.session.scalars(select(SignIn).where(*live).options(joinedload(SignIn.browser)).order_by(SignIn.id.desc())))


def account_events(person_id: int, *, size: int = 20) -> list[tuple[datetime, str, str]]:
    """What happened to this account lately, newest first: when, what, and on which device or by whom."""
    recent = select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id.desc()).limit(size)
    found = [(row.created_at, "signed_in", row.device) for row in db.session.scalars(recent)]
    found += [(event.at, event.action, event.by_name) for event in audit.history(person_by_id(person_id), without=COMING_AND_GOING)]
    return sorted(found, reverse=True)[:size]


def inbox_of(person_id: int, page: str = "") -> Page:
    """One page of the inbox, newest first."""
    mine = select(Message).where(Message.person_id == person_id, Message.private.is_(False))
    found = paging.page([mine], (Message.id,), page, newest_first=True)
    return found.showing(paging.loaded(select(Message), Message, found.ids))


AGREED = select(Consent.document, Consent.version).where(Consent.person_id == bindparam("person"))


def documents_to_agree_to(person_id: int) -> list[str]:
    """Those of consents.DOCUMENTS that changed since this person agreed to them."""
    return outdated({(row.document, row.version) for row in read(AGREED, person=person_id)})


def waiting_for(actor: Actor) -> list[Waiting]:
    """For the dashboard: documents that changed since this person agreed to them."""
    if not documents_to_agree_to(actor.person_id):
        return []
    return [Waiting(Sentence(N_("The privacy notice or the terms have changed: please look at them and agree again")), "accounts.agree")]


def last_mail_to(address: str) -> Message | None:
    """What demo mode shows instead of sending it."""
    return db.session.scalar(select(Message).where(Message.address == address).order_by(Message.id.desc()).limit(1))
