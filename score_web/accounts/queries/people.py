"""Which people does a partner oversee, by name, role and page?"""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.queries import institution_ids
from score_web.core import names, paging, rollups
from score_web.core.db import db
from score_web.core.names import NamePart
from score_web.core.paging import Page
from score_web.permissions import Actor, Role

PEOPLE, NATION = "person", 0


def search_people(actor: Actor, *, text: str = "", role: str = "", page: str = "") -> Page:
    """One page, newest first. The parts that every person has lie in the order of the list."""
    places = [NATION] if actor.is_nationwide else sorted(actor.organisations(Role.PARTNER))
    mine = select(NamePart).where(NamePart.list == PEOPLE, NamePart.part == _mark(role), NamePart.record_id != actor.person_id)
    lists, filters = [mine.where(NamePart.institution_id == place) for place in places], []
    if text:
        few = names.candidates(PEOPLE, institution_ids() if actor.is_nationwide else places, text)
        lists = lists if few is None else [one.where(names.one_of(NamePart.record_id, few)) for one in lists]
        filters = names.having_all(PEOPLE, NamePart.record_id, text) if few is None else []
    found = paging.page(lists, (NamePart.record_id,), page, newest_first=True, filters=filters)
    query = select(Person).options(selectinload(Person.memberships).selectinload(MembershipRow.organisation))
    return found.showing([one for one in paging.loaded(query, Person, found.ids) if names.fits(text, *_names(one))])


def _mark(role: str) -> str:
    """The part that all people have, and one for each of their roles; nothing that can be typed."""
    return f"role:{role}"


def _names(person: Person) -> list[str]:
    at = [m.organisation for m in person.live_memberships]
    return [person.name, person.email, *(name for one in at for name in (one.name_zh, one.name_en))]


def _parts_of(among: rollups.Among):
    """Under the institution that oversees a person (see Person.overseer_ids), and for the whole country under NATION."""
    rows = select(Person.id, Person.name, Person.email, MembershipRow.role, Organisation).join(
        MembershipRow, MembershipRow.person_id == Person.id).join(Organisation, Organisation.id == MembershipRow.organisation_id)
    found: dict[int, tuple[set, set, set]] = {}
    for id_, name, email, role, at in db.session.execute(rows.where(MembershipRow.until.is_(None), among(Person.id))):
        places, parts, marks = found.setdefault(id_, (set(), names.parts(name, email), {_mark("")}))
        places.add(at.institution_id if role == Role.ENTERPRISE else at.id)
        parts |= names.parts(at.name_zh, at.name_en)
        marks.add(_mark(role))
    for id_, (places, parts, marks) in found.items():
        yield from ((id_, place, part) for place in places - {None} for part in parts | marks)
        yield from ((id_, NATION, mark) for mark in marks if places - {None})


def _members(organisation: Organisation) -> list[int]:
    return db.session.scalars(select(MembershipRow.person_id).where(MembershipRow.organisation_id == organisation.id)).all()


rollups.register(
    rollups.Rollup("names of people", NamePart, Person, names.COLUMNS, _parts_of, fixed={"list": PEOPLE}),
    (Person, ("name", "email"), lambda one: {one.id}),
    (MembershipRow, ("person_id", "organisation_id", "role", "until"), lambda one: {one.person_id}),
    (Organisation, ("institution_id", "name_zh", "name_en"), _members),
)
