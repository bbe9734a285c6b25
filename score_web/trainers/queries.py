"""Who can train what, where and when?"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql import Select

from score_web.accounts.models import MembershipRow, Person
from score_web.accounts.queries import institution_ids
from score_web.core import clock, names, paging, rollups
from score_web.core.db import db
from score_web.core.paging import Page
from score_web.permissions import Actor, Role
from score_web.reference import divisions
from score_web.trainers.availability import Availability, CalendarDay, Event, calendar
from score_web.trainers.certification import Level
from score_web.trainers.models import Certification, DayClaim, DayOff, TrainerPlace, TrainerProfile

LIST = "trainer"
EventSource = Callable[[int, date, date], list[Event]]
_event_sources: list[EventSource] = []


class Fit(NamedTuple):
    """A trainer who may be sent: certified on some level for the module and serving the place."""

    profile: TrainerProfile
    level: Level


def add_event_source(source: EventSource) -> None:
    """Features further right show their events in the calendar: `source(person_id, first, last)`."""
    if source not in _event_sources:
        _event_sources.append(source)


def profile_of(person_id: int) -> TrainerProfile | None:
    return db.session.scalar(select(TrainerProfile).where(TrainerProfile.person_id == person_id))


def profiles_of(person_ids: Iterable[int]) -> dict[int, TrainerProfile]:
    """By person, with their levels."""
    query = select(TrainerProfile).where(TrainerProfile.person_id.in_(list(person_ids)))
    rows = db.session.scalars(query.options(joinedload(TrainerProfile.person), selectinload(TrainerProfile.certifications)))
    return {profile.person_id: profile for profile in rows}


def trainer_profiles_visible_to(actor: Actor) -> Select:
    """Partners see every trainer, because every enterprise may book any that serves its province."""
    query = select(TrainerProfile).join(TrainerProfile.person).order_by(Person.name, TrainerProfile.id)
    return query if actor.has(Role.PARTNER) else query.where(false())


class Wanted(NamedTuple):
    """What the partner looks for in its list of trainers."""

    everybody: bool = False
    name: str = ""
    module: int | None = None
    province: str = ""
    page: str = ""

    def words(self) -> dict:
        """As an address, without what is empty."""
        found = {"all": "1" if self.everybody else "", "q": self.name, "module": self.module, "province": self.province}
        return {name: value for name, value in found.items() if value}


def trainers_of(actor: Actor, wanted: Wanted) -> Page:
    """For the partner's list: its own trainers, or everybody's, those first who came first."""
    rollups.settle()
    own, key = sorted(actor.organisations(Role.PARTNER)), TrainerProfile.id
    serving = TrainerPlace.province == wanted.province[:2]
    filters: list = []
    if wanted.everybody and wanted.province:  # few of all the country's trainers: their places are listed themselves
        lists, key = [select(TrainerPlace).where(serving)], TrainerPlace.trainer_id
    elif wanted.everybody:
        lists = [select(TrainerProfile)]
    else:
        lists = [select(TrainerProfile).where(TrainerProfile.institution_id == place) for place in own]
        filters += [exists().where(TrainerPlace.trainer_id == key, serving)] if wanted.province else []
    if wanted.module:
        filters.append(exists().where(Certification.trainer_id == key, Certification.module == wanted.module,
                                      Certification.ended_at.is_(None)))
    if wanted.name:
        few = names.candidates(LIST, institution_ids() if wanted.everybody else own, wanted.name)
        lists = lists if few is None else [branch.where(names.one_of(key, few)) for branch in lists]
        filters += names.having_all(LIST, key, wanted.name) if few is None else []
    found = paging.page(lists, (key,), wanted.page, filters=filters)
    query = select(TrainerProfile).options(
        joinedload(TrainerProfile.person), joinedload(TrainerProfile.institution), selectinload(TrainerProfile.certifications))
    rows = paging.loaded(query, TrainerProfile, found.ids)
    return found.showing([row for row in rows if names.fits(wanted.name, row.person.name, row.person.email)])


def without_profile(actor: Actor) -> list[Person]:
    """People whom the actor's institution appointed as trainers and who have no profile yet."""
    return list(db.session.scalars(
        select(Person).join(MembershipRow, MembershipRow.person_id == Person.id)
        .outerjoin(TrainerProfile, TrainerProfile.person_id == Person.id)
        .where(MembershipRow.role == Role.TRAINER.value, MembershipRow.until.is_(None), TrainerProfile.id.is_(None),
               MembershipRow.organisation_id.in_(actor.organisations(Role.PARTNER)))
        .distinct().order_by(Person.id)
    ))


def fitting(module: int, division_code: str, *, person_ids: Iterable[int] | None = None, limit: int | None = None) -> list[Fit]:
    """Active trainers with any level for the module who serve the province of the place; candidates too. Of these persons only, or
    the first of them."""
    query = fitting_select(module, division_code, Level)
    if person_ids is not None:
        query = query.where(TrainerProfile.person_id.in_(list(person_ids)))
    rows = db.session.execute(
        query.with_only_columns(TrainerProfile, Certification.level).options(contains_eager(TrainerProfile.person))
        .order_by(TrainerPlace.trainer_id).limit(limit)
    )
    return [Fit(profile, level) for profile, level in rows if divisions.covers(profile.provinces, division_code)]


def fitting_select(module: int, division_code: str, levels: Iterable[Level]) -> Select:
    """The same as a branch of a list, in the order of the trainers of the province."""
    rollups.settle()
    return (
        select(TrainerPlace).join(TrainerProfile, TrainerProfile.id == TrainerPlace.trainer_id)
        .join(Certification, Certification.trainer_id == TrainerProfile.id).join(TrainerProfile.person)
        .where(TrainerPlace.province == division_code[:2], Certification.module == module, Certification.level.in_(list(levels)),
               Certification.ended_at.is_(None), *_active())
    )


def _places_of(among: rollups.Among) -> Iterable[tuple]:
    for id_, provinces in db.session.execute(select(TrainerProfile.id, TrainerProfile.provinces).where(among(TrainerProfile.id))):
        yield from ((id_, prefix[:2]) for prefix in divisions.prefixes(provinces))


def _parts_of(among: rollups.Among) -> Iterable[tuple]:
    rows = select(TrainerProfile.id, TrainerProfile.institution_id, Person.name, Person.email).join(TrainerProfile.person)
    for id_, institution_id, name, email in db.session.execute(rows.where(among(TrainerProfile.id))):
        yield from ((id_, institution_id, part) for part in names.parts(name, email))


def _profile_ids(person: Person) -> list[int]:
    return db.session.scalars(select(TrainerProfile.id).where(TrainerProfile.person_id == person.id)).all()


rollups.register(
    rollups.Rollup("places of trainers", TrainerPlace, TrainerProfile, ("trainer_id", "province"), _places_of),
    (TrainerProfile, ("provinces",), lambda one: {one.id}),
)
rollups.register(
    rollups.Rollup("names of trainers", names.NamePart, TrainerProfile, names.COLUMNS, _parts_of, fixed={"list": LIST}),
    (TrainerProfile, ("person_id", "institution_id"), lambda one: {one.id}),
    (Person, ("name", "email"), _profile_ids),
)


def _active():
    member = select(MembershipRow.id).where(
        MembershipRow.person_id == Person.id, MembershipRow.role == Role.TRAINER.value, MembershipRow.until.is_(None)
    )
    return (Person.activated_at.is_not(None), Person.suspended_at.is_(None), Person.closed_at.is_(None), member.exists())


def availability_of(profiles: Iterable[TrainerProfile], first: date, last: date) -> dict[int, Availability]:
    """By profile id; expired claims do not count. Three selects, however many trainers."""
    profiles = list(profiles)
    ids = [profile.id for profile in profiles]
    off, claimed = _days(DayOff, ids, first, last), _days(DayClaim, ids, first, last)
    return {
        p.id: Availability(frozenset(map(int, filter(None, p.weekdays.split(",")))),
                           frozenset(off.get(p.id, ())), frozenset(claimed.get(p.id, ())))
        for p in profiles
    }


def _days(table, ids: list[int], first: date, last: date) -> dict[int, set[date]]:
    query = select(table.trainer_id, table.day).where(table.trainer_id.in_(ids), table.day.between(first, last))
    if table is DayClaim:
        query = query.where(or_(DayClaim.expires_at.is_(None), DayClaim.expires_at > clock.now()))
    found: dict[int, set[date]] = {}
    for trainer_id, day in db.session.execute(query):
        found.setdefault(trainer_id, set()).add(day)
    return found


def is_free(profile: TrainerProfile, days: list[date]) -> bool:
    known = availability_of([profile], min(days), max(days))[profile.id]
    return all(known.is_free(day) for day in days)


def calendar_of(profile: TrainerProfile, first: date, last: date) -> list[CalendarDay]:
    events = [event for source in _event_sources for event in source(profile.person_id, first, last)]
    return calendar(availability_of([profile], first, last)[profile.id], events, first, last)


def waiting_for(actor: Actor) -> list:
    """Nothing about trainers waits by itself; requests are booking's."""
    return []
