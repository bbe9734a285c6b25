"""Rows for tests: plain functions with readable values; call them inside an application context and commit."""

import itertools
from datetime import timedelta

from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.queries import actor_of
from score_web.accounts.services import hasher
from score_web.booking.models import Booking
from score_web.booking.states import BookingKind, BookingState
from score_web.core import clock
from score_web.core.db import db
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Role
from score_web.trainers.certification import Level
from score_web.trainers.models import Certification, TrainerProfile

__all__ = ["actor_of", "add_membership", "make_enterprise", "make_institution", "make_person", "make_trainer"]

PASSWORD = "correct-horse-9"
_count = itertools.count(1)
CODES = [
    "91330200DEM033019T", "91330200DEM033027M", "91440100DEM0440179", "91440100DEM0440254", "91510600DEM0510146",
    "91510600DEM0510221", "91500000DEM050011J", "91500000DEM05002XA", "91210200DEM021018J", "91210200DEM021026D",
]


def make_person(name: str = "", *, email: str = "", language: str = "en", **columns) -> Person:
    n = next(_count)
    person = Person(email=email or f"person{n}@example.com", name=name or f"Person {n}", language=language,
                    **{"password_hash": hasher().hash(PASSWORD), "activated_at": clock.now()} | columns)
    db.session.add(person)
    db.session.flush()
    return person


def add_membership(person: Person, organisation: Organisation, role: Role, *, head: bool = False) -> MembershipRow:
    row = MembershipRow(person=person, organisation=organisation, role=role.value, head=head)
    db.session.add(row)
    db.session.flush()
    return row


def make_institution(name: str = "", *, scope: str = "3302") -> tuple[Organisation, Person]:
    """A partner institution and its head."""
    n = next(_count)
    institution = Organisation(kind="institution", name_zh=name or f"第{n}合作机构", name_en=name or f"Institution {n}", scope=scope)
    db.session.add(institution)
    person = make_person(f"Partner {n}")
    add_membership(person, institution, Role.PARTNER, head=True)
    return institution, person


def make_enterprise(name: str = "", *, state: EnrolmentState | None = EnrolmentState.APPROVED, institution: Organisation | None = None,
                    division_code: str = "330200", code: str = "", **columns) -> tuple[Organisation, Person]:
    """An enterprise and its head; with `state` also its enrolment, all typed columns filled (None: registered only)."""
    n = next(_count)
    enterprise = Organisation(kind="enterprise", name_zh=name or f"第{n}示范工厂", name_en=name or f"Factory {n}",
                              division_code=division_code, institution=institution)
    db.session.add(enterprise)
    person = make_person(f"Manager {n}")
    add_membership(person, enterprise, Role.ENTERPRISE, head=True)
    if state is not None:
        facts = {"name_zh": enterprise.name_zh, "name_en": enterprise.name_en, "code": code or CODES[n % len(CODES)], "sector": "C38",
                 "division_code": division_code, "women": 60, "men": 40, "managers": 10, "workers": 90, "modules": "1"}
        db.session.add(Enrolment(enterprise=enterprise, institution=institution, state=state, submitted_at=clock.now(),
                                 answers={k: str(v) for k, v in facts.items()}, **facts | columns))
    db.session.flush()
    return enterprise, person


def make_trainer(institution: Organisation, *, provinces: str = "330000", levels: dict[int, str] | None = None,
                 **columns) -> tuple[TrainerProfile, Person]:
    """A trainer of this institution with a level per module, such as {1: "certified"}."""
    person = make_person(f"Trainer {next(_count)}")
    add_membership(person, institution, Role.TRAINER)
    profile = TrainerProfile(person=person, institution=institution, provinces=provinces, **columns)
    db.session.add(profile)
    for module, level in (levels or {1: "certified"}).items():
        db.session.add(Certification(trainer=profile, module=module, level=Level(level), granted_at=clock.now() - timedelta(days=100)))
    db.session.flush()
    return profile, person


def make_booking(enterprise: Organisation, trainer: Person, *, state: BookingState = BookingState.REQUESTED, in_days: int = 20) -> Booking:
    """Two days of class of module 1; the row alone, without what accepting it would write elsewhere."""
    day = clock.today() + timedelta(days=in_days)
    row = Booking(
        enterprise=enterprise, module=1, kind=BookingKind.CLASS, state=state, first_day=day, last_day=day + timedelta(days=1),
        lead_id=trainer.id, uid=f"booking-{next(_count)}", expires_at=clock.now() + timedelta(days=3),
    )
    db.session.add(row)
    db.session.flush()
    return row
