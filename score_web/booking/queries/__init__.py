"""What is booked, by whom and with whom?"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, false, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from score_web.accounts.models import Organisation
from score_web.assessment import queries as assessment
from score_web.booking import gate
from score_web.booking.models import Booking
from score_web.booking.offers import Candidate, Offer, offers, window
from score_web.booking.states import LIVE, BookingKind, BookingState
from score_web.core import clock, paging
from score_web.core.db import db
from score_web.core.paging import Page
from score_web.core.reading import all_of, records
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence, Text
from score_web.enrolment import queries as enrolment
from score_web.permissions import Actor, Role
from score_web.trainers import queries as trainers
from score_web.trainers.availability import DayState, Event
from score_web.trainers.certification import Level, may_lead
from score_web.trainers.models import TrainerPlace, TrainerProfile

URGENT = timedelta(hours=24)
LEADS, CANDIDATES = 10, 3  # of one page
PEOPLE = (joinedload(Booking.enterprise), joinedload(Booking.lead), joinedload(Booking.second))


def is_pending():
    """A request that can still be answered: not lapsed, whether or not that was written down."""
    return and_(Booking.state == BookingState.REQUESTED, Booking.expires_at > clock.now())


def holds_days():
    return or_(is_pending(), Booking.state == BookingState.ACCEPTED)


def is_trainer(person_id: int):
    return or_(Booking.lead_id == person_id, Booking.second_id == person_id)


def bookings_visible_to(actor: Actor) -> Select:
    """The same as Permission.BOOKING_VIEW: the enterprise, its responsible institution, the trainers."""
    return select(Booking).where(or_(
        Booking.enterprise_id.in_(actor.organisations(Role.ENTERPRISE)), Booking.institution_id.in_(actor.organisations(Role.PARTNER)),
        is_trainer(actor.person_id) if actor.has(Role.TRAINER) else false(),
    ))


OF_ENTERPRISE = (
    all_of(Booking).where(Booking.enterprise_id == bindparam("enterprise")).order_by(Booking.first_day, Booking.id)
)


def bookings_of(enterprise_id: int) -> list[Booking]:
    return records(Booking, OF_ENTERPRISE, enterprise=enterprise_id)


def overlapping(query: Select, first_day: date, last_day: date) -> Select:
    return query.where(Booking.first_day <= last_day, Booking.last_day >= first_day)


def rivals(booking: Booking) -> list[Booking]:
    """Other pending requests that want one of these trainers on one of these days."""
    query = overlapping(select(Booking), booking.first_day, booking.last_day).where(
        is_pending(), Booking.id != booking.id, or_(*(is_trainer(person_id) for person_id in booking.trainer_ids))
    )
    return list(db.session.scalars(query.options(*PEOPLE).order_by(Booking.id)))


def requested_days(person_ids: Iterable[int], first: date, last: date) -> dict[int, set[date]]:
    """By trainer: days that somebody has asked for; shown as a warning, they are not taken."""
    found: dict[int, set[date]] = {}
    wanted = [or_(Booking.lead_id.in_(ids), Booking.second_id.in_(ids)) for ids in [sorted(person_ids)]]
    for booking in db.session.scalars(overlapping(select(Booking).where(is_pending(), *wanted), first, last)):
        for person_id in booking.trainer_ids:
            found.setdefault(person_id, set()).update(booking.days)
    return found


def overdue() -> Select:
    return select(Booking).where(Booking.state == BookingState.REQUESTED, Booking.expires_at <= clock.now())


def open_class(enterprise_id: int, module: int) -> Booking | None:
    """A class request of this module that is pending or accepted: there is one at a time."""
    return db.session.scalar(select(Booking).where(
        Booking.enterprise_id == enterprise_id, Booking.module == module, Booking.kind == BookingKind.CLASS, holds_days()
    ).limit(1))


def clash(enterprise_id: int, first_day: date, last_day: date) -> Booking | None:
    """A pending or accepted booking of the enterprise on one of these days."""
    return db.session.scalar(
        overlapping(select(Booking).where(Booking.enterprise_id == enterprise_id, holds_days()), first_day, last_day).limit(1)
    )


def class_day(enterprise_id: int, module: int) -> date | None:
    """First day of the earliest class of this module that is accepted or completed."""
    return db.session.scalar(
        select(Booking.first_day).where(
            Booking.enterprise_id == enterprise_id, Booking.module == module, Booking.kind == BookingKind.CLASS, Booking.state.in_(LIVE)
        ).order_by(Booking.first_day).limit(1)
    )


def class_lead(enterprise_id: int, module: int) -> int | None:
    """Who gave the enterprise's last class of this module."""
    return db.session.scalar(
        select(Booking.lead_id).where(
            Booking.enterprise_id == enterprise_id, Booking.module == module, Booking.kind == BookingKind.CLASS, Booking.state.in_(LIVE)
        ).order_by(Booking.first_day.desc()).limit(1)
    )


def facts_of(enterprise: Organisation, module: int) -> gate.Facts:
    """What the gate looks at for a class."""
    pending = open_class(enterprise.id, module)
    return gate.Facts(
        module=module, approved=enrolment.is_approved(enterprise.id), baseline=assessment.has_baseline(enterprise.id, module),
        first_module_day=class_day(enterprise.id, 1), division_code=enterprise.division_code,
        fitting_trainers=len(leads_for(enterprise, module, size=1).rows),
        open_class_id=pending.id if pending else None,
    )


def may_book(enterprise_id: int, module: int) -> bool:
    """Is the gate to a class of this module open?"""
    return gate.all_met(gate.conditions(facts_of(db.session.get(Organisation, enterprise_id), module)))


def may_visit(enterprise_id: int, module: int) -> bool:
    """A follow-up visit comes after a class day of the module has passed."""
    first = class_day(enterprise_id, module)
    return first is not None and first < clock.today()


def leads_for(enterprise: Organisation, module: int, page: str = "", size: int = LEADS) -> Page:
    """A page of trainers of the province who may lead."""
    fits = trainers.fitting_select(module, enterprise.division_code, filter(may_lead, Level))
    return paging.page([fits], (TrainerPlace.trainer_id,), page, size=size)


def finder(
    enterprise: Organisation, module: int, kind: BookingKind, *, page: str = "", earliest: date | None = None,
) -> tuple[list[Offer], Page]:
    """What the trainers of a page offer, each alone and with the first candidates; on the first page also the one who gave the class."""
    leads, known = leads_for(enterprise, module, page), class_lead(enterprise.id, module)
    people = list(db.session.scalars(select(TrainerProfile.person_id).where(TrainerProfile.id.in_(leads.ids))))
    candidates = trainers.fitting_select(module, enterprise.division_code, [Level.CANDIDATE]).with_only_columns(TrainerProfile.person_id)
    people += db.session.scalars(candidates.order_by(TrainerPlace.trainer_id).limit(CANDIDATES)).all()
    found = offers_for(enterprise, module, kind, {*people, *([known] if known and not leads.before else [])})
    return [offer for offer in found if earliest is None or offer.days[0] >= earliest], leads


def offers_for(enterprise: Organisation, module: int, kind: BookingKind, person_ids: Iterable[int] | None = None) -> list[Offer]:
    """Every fitting trainer (of these persons) with every free date, without the days on which the enterprise has something else."""
    first, last = window(clock.today())
    fits = trainers.fitting(module, enterprise.division_code, person_ids=person_ids)
    known = trainers.availability_of([fit.profile for fit in fits], first, last)
    found = offers(kind, (
        Candidate(fit.profile.person_id, fit.level, frozenset(known[fit.profile.id].free_days(first, last))) for fit in fits
    ))
    facts, own = facts_of(enterprise, module), _own_days(enterprise.id, first, last)
    return [o for o in found if gate.starts_after_first_module(facts, o.days[0]) and not own.intersection(o.days)]


class Card(NamedTuple):
    """A trainer, perhaps with a candidate, and the dates on offer; `asked` are the keys of dates that somebody else wants too.

    `gave_class`: the trainer whom the enterprise knows already.
    """

    lead: TrainerProfile
    second: TrainerProfile | None
    offers: list[Offer]
    asked: frozenset[str]
    gave_class: bool = False


def cards(offered: Iterable[Offer], known_id: int | None = None) -> list[Card]:
    """In the order offered, but the trainer `known_id` first."""
    grouped: dict[tuple, list[Offer]] = {}
    for offer in offered:
        grouped.setdefault((offer.lead_id, offer.second_id), []).append(offer)
    profiles = trainers.profiles_of({person_id for pair in grouped for person_id in pair if person_id})
    asked = requested_days(profiles, *window(clock.today())) if grouped else {}
    return [
        Card(profiles[lead], profiles.get(second), own, frozenset(o.key for o in own if _is_asked(o, asked)), lead == known_id)
        for (lead, second), own in sorted(grouped.items(), key=lambda item: item[0][0] != known_id)
    ]


def _is_asked(offer: Offer, asked: dict[int, set[date]]) -> bool:
    return any(asked.get(person_id, set()).intersection(offer.days) for person_id in (offer.lead_id, offer.second_id))


def _own_days(enterprise_id: int, first: date, last: date) -> set[date]:
    query = overlapping(select(Booking).where(Booking.enterprise_id == enterprise_id, holds_days()), first, last)
    return {day for booking in db.session.scalars(query) for day in booking.days}


def checks_of(booking: Booking) -> list[gate.Condition]:
    """What is checked for the trainer before, and asked again when, the request is accepted."""
    fits = {fit.profile.person_id: fit for fit in trainers.fitting(
        booking.module, booking.enterprise.division_code, person_ids=booking.trainer_ids)}
    profiles = {person_id: trainers.profile_of(person_id) for person_id in booking.trainer_ids}
    return gate.answer_checks(gate.AnswerFacts(
        module=booking.module, days=tuple(booking.days), division_code=booking.enterprise.division_code,
        approved=enrolment.is_approved(booking.enterprise_id), first_module_day=class_day(booking.enterprise_id, 1),
        lead_level=fits[booking.lead_id].level if booking.lead_id in fits else None,
        lead_free=_is_free(profiles[booking.lead_id], booking), with_second=booking.second_id is not None,
        second_fits=booking.second_id is None or booking.second_id in fits,
        second_free=booking.second_id is None or _is_free(profiles[booking.second_id], booking),
    ))


def _is_free(profile, booking: Booking) -> bool:
    return profile is not None and trainers.is_free(profile, booking.days)


def calendar_events(person_id: int, first: date, last: date) -> list[Event]:
    """For the trainer's calendar: booked days and days somebody asks for."""
    query = overlapping(select(Booking).where(is_trainer(person_id), or_(is_pending(), Booking.state.in_(LIVE))), first, last)
    return [_event(booking, day) for booking in db.session.scalars(query.options(*PEOPLE).order_by(Booking.id)) for day in booking.days]


def _event(booking: Booking, day: date) -> Event:
    state = DayState.REQUESTED if booking.state is BookingState.REQUESTED else DayState.BOOKED
    text = Sentence(N_("%(enterprise)s, module %(module)s"), enterprise=name_of(booking.enterprise), module=booking.module)
    return Event(day, state, text, "booking.show", {"booking_id": booking.id})


def name_of(organisation: Organisation) -> Text:
    return Text(en=organisation.name("en"), zh=organisation.name("zh"))


def waiting_for(actor: Actor) -> list[Waiting]:
    """For the lead trainer: requests to answer, oldest first, and past dates to mark as done."""
    if not actor.has(Role.TRAINER):
        return []
    mine = select(Booking).where(Booking.lead_id == actor.person_id).options(*PEOPLE).order_by(Booking.requested_at)
    requests = db.session.scalars(mine.where(is_pending())).all()
    past = db.session.scalars(mine.where(Booking.state == BookingState.ACCEPTED, Booking.last_day < clock.today())).all()
    return [_waiting(b, N_("Answer %(enterprise)s: module %(module)s from %(day)s"), b.requested_at) for b in requests] + [
        _waiting(b, N_("Mark as completed: %(enterprise)s, module %(module)s, %(day)s"), None) for b in past
    ]


def _waiting(booking: Booking, msgid: str, since) -> Waiting:
    text = Sentence(msgid, enterprise=name_of(booking.enterprise), module=booking.module, day=booking.first_day)
    soon = since is not None and booking.expires_at - clock.now() < URGENT
    return Waiting(text, "booking.show", {"booking_id": booking.id}, since=since, urgent=soon)
