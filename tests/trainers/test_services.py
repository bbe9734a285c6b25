"""Profiles, levels, days off and claims in the database."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.permissions import Role
from score_web.trainers import queries, services
from score_web.trainers.certification import Level
from score_web.trainers.models import DayClaim, DayOff
from tests.factories import actor_of, add_membership, make_institution, make_person, make_trainer

pytestmark = pytest.mark.both_engines
MONDAY, TUESDAY = date(2027, 3, 8), date(2027, 3, 9)


def refusal(call, *args, **values) -> str:
    with pytest.raises(Refused) as no:
        call(*args, **values)
    return no.value.sentence.msgid


def test_a_profile_is_made_once_and_starts_with_the_provinces_of_the_institution(database):
    institution, _ = make_institution(scope="3302,33,50")
    person = make_person()
    add_membership(person, institution, Role.TRAINER)
    profile = services.ensure_profile(person)
    assert (profile.provinces, profile.institution_id) == ("330000,500000", institution.id)
    assert services.ensure_profile(person) is profile


def test_only_an_appointed_trainer_gets_a_profile(database):
    _, partner = make_institution()
    assert refusal(services.ensure_profile, partner) == "This person is not a trainer. Invite them as a trainer first."


def test_granting_and_ending_a_level_tells_the_trainer_and_is_remembered(database):
    institution, partner = make_institution()
    profile, person = make_trainer(institution, levels={1: "candidate"})
    by = actor_of(partner)
    services.grant_level(profile, module=1, level=Level.CERTIFIED, by=by)
    services.grant_level(profile, module=2, level=Level.CANDIDATE, by=by)
    db.session.flush()
    assert profile.levels == {1: Level.CERTIFIED, 2: Level.CANDIDATE}
    services.end_level(profile, module=2, reason="Retired", by=by)
    db.session.flush()
    assert profile.levels == {1: Level.CERTIFIED}
    subjects = db.session.scalars(db.select(Message.subject_en).where(Message.person_id == person.id).order_by(Message.id)).all()
    assert subjects == ["You may now train module 1: Certified trainer", "You may now train module 2: Trainer candidate",
                        "Your level for module 2 has ended"]
    assert [event.action for event in audit.history(profile)] == ["trainer_profile.end", "trainer_profile.grant", "trainer_profile.grant"]


def test_an_ended_level_can_be_given_again(database):
    institution, partner = make_institution()
    profile, _ = make_trainer(institution, levels={1: "certified"})
    services.end_level(profile, module=1, reason="Retired", by=actor_of(partner))
    db.session.flush()
    again = refusal(services.end_level, profile, module=1, reason="Retired", by=actor_of(partner))
    assert again == "This trainer has no level for module %(module)s."
    services.grant_level(profile, module=1, level=Level.EXPERT, by=actor_of(partner))
    assert profile.levels == {1: Level.EXPERT}


def test_no_level_twice_none_before_module_1_and_none_for_oneself(database):
    institution, partner = make_institution()
    profile, _ = make_trainer(institution, levels={1: "candidate"})
    by = actor_of(partner)
    assert refusal(services.grant_level, profile, module=2, level=Level.EXPERT, by=by).startswith("Module 1 comes first")
    assert refusal(services.grant_level, profile, module=1, level=Level.CANDIDATE, by=by).startswith("The trainer has this level")
    add_membership(partner, institution, Role.TRAINER)
    own = services.ensure_profile(partner)
    db.session.flush()
    assert refusal(services.grant_level, own, module=1, level=Level.EXPERT, by=by) == "Nobody certifies themselves: ask a colleague."


def test_a_day_can_be_claimed_once(database):
    profile, _ = make_trainer(make_institution()[0])
    services.claim_days(profile, [MONDAY, TUESDAY], "booking:1")
    db.session.commit()
    with pytest.raises(IntegrityError):
        services.claim_days(profile, [TUESDAY], "round:7")
    db.session.rollback()
    services.release_days("booking:1")
    services.claim_days(profile, [TUESDAY], "round:7")
    assert db.session.scalars(db.select(DayClaim.because)).all() == ["round:7"]


def test_an_expired_claim_holds_nothing_and_makes_room(database):
    profile, _ = make_trainer(make_institution()[0])
    services.claim_days(profile, [MONDAY], "offer:1", expires_at=clock.now() - timedelta(seconds=1))
    assert queries.is_free(profile, [MONDAY])
    services.claim_days(profile, [MONDAY], "booking:2", expires_at=clock.now() + timedelta(hours=1))
    assert not queries.is_free(profile, [MONDAY])
    assert db.session.scalars(db.select(DayClaim.because)).all() == ["booking:2"]


def test_days_off_are_added_and_dropped_but_never_on_a_claimed_day(database):
    profile, person = make_trainer(make_institution()[0])
    by = actor_of(person)
    services.change_days_off(profile, add={MONDAY, TUESDAY}, drop=set(), by=by)
    services.change_days_off(profile, add={MONDAY}, drop={TUESDAY}, by=by)
    assert db.session.scalars(db.select(DayOff.day)).all() == [MONDAY]
    services.claim_days(profile, [TUESDAY], "booking:1")
    db.session.commit()
    assert refusal(services.change_days_off, profile, add={TUESDAY}, drop={MONDAY}, by=by).startswith("%(day)s has been booked")
    db.session.rollback()
    assert db.session.scalars(db.select(DayOff.day)).all() == [MONDAY]


def test_fitting_trainers_have_a_live_level_serve_the_province_and_are_active(database):
    institution, partner = make_institution()
    fits, _ = make_trainer(institution, levels={1: "certified"})
    candidate, _ = make_trainer(institution, levels={1: "candidate"})
    make_trainer(institution, levels={1: "certified"}, provinces="500000")
    make_trainer(institution, levels={2: "certified"})
    _, suspended = make_trainer(institution)
    suspended.suspended_at = clock.now()
    _, removed = make_trainer(institution)
    removed.memberships[0].until = clock.now()
    ended, _ = make_trainer(institution)
    services.end_level(ended, module=1, reason="Retired", by=actor_of(partner))
    db.session.flush()
    assert [(fit.profile.id, fit.level) for fit in queries.fitting(1, "330200")] == [
        (fits.id, Level.CERTIFIED), (candidate.id, Level.CANDIDATE)]
    assert queries.fitting(1, "") == []
