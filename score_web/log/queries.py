"""Which events may somebody read, and what do they say? One page at a time, each branch of it read from an index in the order of time."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement, Select

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.booking.models import Booking
from score_web.core import audit, clock, paging
from score_web.core.audit import AuditEvent, Happened
from score_web.core.db import db
from score_web.core.paging import Page
from score_web.core.words import N_, Sentence
from score_web.log import words
from score_web.permissions import Actor, Role

ORDER = (AuditEvent.at, AuditEvent.id)
MOST_PEOPLE = 300


@dataclass(frozen=True)
class Filter:
    """What somebody looks for: `side` "ours" (the organisation's records) or "mine"; `since` and `until` are days."""

    side: str = ""
    kind: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    page: str = ""

    @classmethod
    def from_words(cls, typed: Mapping[str, str], actor: Actor) -> "Filter":
        """From an address, where anything may stand."""
        known = {name: typed.get(name, "").replace("\0", "").strip()[:400] for name in ("kind", "person", "since", "until", "page")}
        known["kind"] = known["kind"] if known["kind"] in words.KINDS else ""
        known["person"] = known["person"] if known["person"].isascii() and known["person"].isdigit() and len(known["person"]) < 10 else ""
        known |= {name: known[name] if _day(known[name]) else "" for name in ("since", "until")}
        return cls(side="ours" if _ours(actor) and typed.get("side") != "mine" else "mine", **known)

    def words(self, **changed) -> dict[str, str]:
        """As an address, without what is empty."""
        return {name: value for name, value in (asdict(self) | {"page": ""} | changed).items() if value}

    @property
    def is_narrow(self) -> bool:
        return bool(self.kind or self.person or self.since or self.until)


class Line(NamedTuple):
    """`who`: a name, an institution, or empty when it happened by itself. `whom`: another person it concerns. `of`: whose record it is."""

    event: Happened
    what: str
    details: list
    before: str
    after: str
    who: str | Organisation
    whom: str
    of: Organisation | None


def branches(actor: Actor, side: str) -> list[Select]:
    """One for each organisation, or for what I did, what was done to my account and what became of visits where I come along: each
    has an index in the order of time, but for the last, which are few."""
    here = select(AuditEvent)
    if side == "mine":
        second = select(Booking.id).where(Booking.second_id == actor.person_id)  # an event names one person: of a booking, who leads it
        mine = (AuditEvent.by_id == actor.person_id, AuditEvent.person_id == actor.person_id,
                (AuditEvent.record_type == Booking.__tablename__) & AuditEvent.record_id.in_(second))
        return [here.where(condition) for condition in mine]
    return [here.where(condition) for condition in _ours(actor)]


def _ours(actor: Actor) -> list[ColumnElement]:
    own = [AuditEvent.enterprise_id == one for one in sorted(actor.organisations(Role.ENTERPRISE))]
    return own + [AuditEvent.institution_id == one for one in sorted(actor.organisations(Role.PARTNER))]


def lines(actor: Actor, wanted: Filter) -> Page:
    """One page, newest first."""
    period = [AuditEvent.at >= _midnight(_day(wanted.since))] if wanted.since else []
    period += [AuditEvent.at < _midnight(_day(wanted.until) + timedelta(days=1))] if wanted.until else []
    filters = [AuditEvent.record_type == wanted.kind] if wanted.kind else []
    filters += [AuditEvent.by_id == int(wanted.person)] if wanted.person else []
    within = [branch.where(*period) for branch in branches(actor, wanted.side)]
    found = paging.page(within, ORDER, wanted.page, newest_first=True, filters=filters)
    shown = audit.happened(audit.events().where(AuditEvent.id.in_(found.ids)).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()))
    return found.showing(_lines(actor, shown))


def _lines(actor: Actor, events: list[Happened]) -> list[Line]:
    staff = _staff_of_others(actor, {event.by_id for event in events})
    names = _names({event.person_id for event in events if event.person_id != event.by_id})
    enterprises = {event.enterprise_id for event in events} - actor.organisations(Role.ENTERPRISE)
    organisations = {one.id: one for one in db.session.scalars(select(Organisation).where(Organisation.id.in_(enterprises - {None})))}
    return [
        Line(
            event, words.what(event.action), words.details(event.data), words.state(event.record_type, event.before),
            words.state(event.record_type, event.after), staff.get(event.by_id) or event.by_name,
            names.get(event.person_id, "") if event.person_id != event.by_id else "", organisations.get(event.enterprise_id),
        )
        for event in events
    ]


def _staff_of_others(actor: Actor, people: set[int | None]) -> dict[int, Organisation]:
    """Staff of an institution to which the reader does not belong: the institution did it."""
    rows = db.session.execute(
        select(MembershipRow.person_id, Organisation).join(Organisation, Organisation.id == MembershipRow.organisation_id)
        .where(MembershipRow.role == Role.PARTNER.value, MembershipRow.person_id.in_(people - {None})).order_by(MembershipRow.id)
    ).all()
    colleagues = {row.person_id for row in rows if row.Organisation.id in actor.organisations(Role.PARTNER)}
    return {row.person_id: row.Organisation for row in rows if row.person_id not in colleagues}


def _names(people: set[int | None]) -> dict[int, str | Sentence]:
    rows = db.session.execute(select(Person.id, Person.name, Person.email, Person.closed_at).where(Person.id.in_(people - {None})))
    return {row.id: Sentence(N_("Closed account")) if row.closed_at else row.name or row.email for row in rows}


def people(actor: Actor) -> list[tuple[int, str]]:
    """Of whose actions one may ask: everybody who belongs or belonged to the own organisations."""
    own = actor.organisations(Role.ENTERPRISE) | actor.organisations(Role.PARTNER)
    roles = (Role.ENTERPRISE.value, Role.PARTNER.value)
    members = select(MembershipRow.person_id).where(MembershipRow.organisation_id.in_(own), MembershipRow.role.in_(roles))
    named = select(Person.id, Person.name, Person.email).where(Person.id.in_(members), Person.closed_at.is_(None))
    rows = db.session.execute(named.order_by(Person.id).limit(MOST_PEOPLE))
    return [(row.id, row.name or row.email) for row in rows]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2200, 1, 1) else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.CHINA)
