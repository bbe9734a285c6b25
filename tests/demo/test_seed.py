"""The demo shows a living system, and its sign-ins are what README and the contract promise."""

from collections import Counter

import pytest

from score_web.accounts.models import Organisation, Person
from score_web.accounts.queries import actor_of
from score_web.accounts.services import password_fits
from score_web.assessment.queries import has_baseline, rounds_of, score_of
from score_web.booking.models import Booking
from score_web.booking.queries import bookings_of, may_book, offers_for
from score_web.booking.states import BookingKind, BookingState
from score_web.core.db import db
from score_web.demo.cli import SIGN_INS
from score_web.demo.services import PASSWORD, seed
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import enrolment_of
from score_web.permissions import Role


@pytest.fixture
def demo(demo_app):
    with demo_app.app_context():
        yield {person.email.partition("@")[0]: person for person in db.session.scalars(db.select(Person))}


def enterprise_of(person: Person) -> int:
    return actor_of(person).enterprise_id


def test_every_promised_sign_in_works(demo):
    assert [email for email, _ in SIGN_INS if not password_fits(demo[email.partition("@")[0]], PASSWORD)] == []


def test_each_person_wears_the_promised_hat(demo):
    scopes = {name: actor_of(demo[name]).memberships[0].scope for name in ("partner", "partner2", "national")}
    assert scopes == {"partner": "3302", "partner2": "50", "national": "all"}
    assert all(actor_of(demo[name]).has(Role.TRAINER) for name in ("trainer", "trainer2", "trainer3"))


def test_the_first_enterprise_may_book_and_has_not(demo):
    enterprise = enterprise_of(demo["enterprise"])
    assert has_baseline(enterprise, 1)
    assert bookings_of(enterprise) == []
    assert may_book(enterprise, 1)


def test_both_trainers_of_zhejiang_have_three_free_pairs_of_days(demo):
    offers = offers_for(db.session.get(Organisation, enterprise_of(demo["enterprise"])), 1, BookingKind.CLASS)
    pairs = Counter(offer.lead_id for offer in offers if offer.second_id is None)
    assert pairs[demo["trainer"].id] >= 3
    assert pairs[demo["trainer3"].id] >= 3


def test_the_other_enterprises_stand_where_the_contract_says(demo):
    half = rounds_of(enterprise_of(demo["enterprise2"]))
    assert [(r.module, r.state.value, score_of(r).answered) for r in half] == [(1, "open", 12)]
    assert enrolment_of(enterprise_of(demo["enterprise3"])).state.value == "submitted"
    assert enrolment_of(enterprise_of(demo["new"])) is None


def test_bookings_are_there_in_every_state(demo):
    assert {b.state for b in db.session.scalars(db.select(Booking))} == set(BookingState)


@pytest.mark.both_engines
def test_the_same_demo_comes_to_life_on_both_engines(database):
    seed()
    database.session.commit()
    states = Counter(enrolment.state.value for enrolment in db.session.scalars(db.select(Enrolment)))
    assert states == {"approved": 10, "submitted": 3, "rejected": 1}
    assert {b.state for b in db.session.scalars(db.select(Booking))} == set(BookingState)


def test_five_enterprises_in_ningbo_and_three_provinces(demo):
    places = Counter(code for code in db.session.scalars(db.select(Enrolment.division_code)))
    assert places["330200"] == 5
    assert {code[:2] for code in places} == {"33", "50", "44"}
