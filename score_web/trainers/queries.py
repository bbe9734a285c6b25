"""Who can train what, where and when?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql import Select

from score_web.accounts.models import MembershipRow, Person
from score_web.core import clock
from score_web.core.db import db
from score_web.permissions import Actor, Role
from score_web.reference import divisions
from score_web.trainers.availability import Availability, CalendarDay, Event, calendar
from score_web.trainers.certification import Level
from score_web.trainers.models import Certification, DayClaim, DayOff, TrainerProfile

EventSource = Callable[[int, date, date], list[Event]]
_event_sources: list[EventSource] = []


@dataclass(frozen=True)
class Fit:
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


def trainers_of(actor: Actor, *, everybody: bool = False) -> list[TrainerProfile]:
    """For the partner's list: its own trainers, or everybody's."""
    query = trainer_profiles_visible_to(actor)
    if not everybody:
        query = query.where(TrainerProfile.institution_id.in_(actor.organisations(Role.PARTNER)))
    return list(db.session.scalars(query.options(
        contains_eager(TrainerProfile.person), joinedload(TrainerProfile.institution), selectinload(TrainerProfile.certifications)
    )))


def without_profile(actor: Actor) -> list[Person]:
    """People whom the actor's institution appointed as trainers and who have no profile yet."""
    return list(db.session.scalars(
        select(Person).join(MembershipRow, MembershipRow.person_id == Person.id)
        .outerjoin(TrainerProfile, TrainerProfile.person_id == Person.id)
        .where(MembershipRow.role == Role.TRAINER.value, MembershipRow.until.is_(None), TrainerProfile.id.is_(None),
               MembershipRow.organisation_id.in_(actor.organisations(Role.PARTNER)))
        .distinct().order_by(Person.id)
    ))


def fitting(module: int, division_code: str) -> list[Fit]:
    """Active trainers with any level for the module who serve the province of the place; candidates too."""
    rows = db.session.execute(
        select(TrainerProfile, Certification.level)
        .join(Certification, Certification.trainer_id == TrainerProfile.id).join(TrainerProfile.person)
        .where(Certification.module == module, Certification.ended_at.is_(None), *_active())
        .options(contains_eager(TrainerProfile.person)).order_by(TrainerProfile.id)
    )
    return [Fit(profile, level) for profile, level in rows if divisions.covers(profile.provinces, division_code)]


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
