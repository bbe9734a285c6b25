"""Protects: what is kept beside the records agrees with them, whoever writes at the same moment; and it can be checked and made anew."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from score_web.accounts.models import Person
from score_web.assessment import services as assessments
from score_web.assessment.models import AssessmentRound, BenchmarkCount
from score_web.booking.models import Booking
from score_web.core import names, rollups
from score_web.core.db import db
from score_web.core.names import NamePart
from score_web.demo.services.growth import grow
from score_web.enrolment import services as enrolments
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from score_web.trainers import queries as trainers
from tests.assessment.filling import answer_all
from tests.factories import actor_of, make_booking, make_enterprise, make_institution, make_trainer

pytestmark = pytest.mark.both_engines
CROWD = 6


def differences() -> list[str]:
    return [line for rollup in rollups.ROLLUPS.values() for line in rollups.differences(rollup)]


def test_what_differs_is_listed_and_put_right(app):
    with app.app_context():
        for _line in grow(60):
            pass
        db.session.commit()
        assert differences() == []
        db.session.execute(NamePart.__table__.delete().where(NamePart.part == names.fold("有限")))
        db.session.execute(BenchmarkCount.__table__.update().values(n=BenchmarkCount.n + 1))
        db.session.commit()
    command = app.test_cli_runner()
    told = command.invoke(args=["rollups", "verify"])
    assert (told.exit_code, "put them right with: flask rollups rebuild" in told.output) == (1, True)
    assert command.invoke(args=["rollups", "rebuild"]).exit_code == 0
    told = command.invoke(args=["rollups", "verify"])
    assert (told.exit_code, "all rows agree" in told.output) == (0, True)


def test_approving_and_submitting_at_the_same_moment_count_once(app):
    """The one sees no approval yet, the other no result yet; still every enterprise stands in the medians afterwards."""
    with app.app_context():
        institution, partner = make_institution()
        judge, crowd = actor_of(partner), []
        for n in range(CROWD):
            enterprise, person = make_enterprise(institution=institution, state=EnrolmentState.SUBMITTED, code=f"CODE{n}")
            db.session.commit()
            round_ = assessments.start_round(enterprise_id=enterprise.id, module=1, by=actor_of(person))
            answer_all(round_, actor_of(person))
            crowd.append((enterprise.id, round_.id, actor_of(person)))
        db.session.commit()
    barrier = Barrier(2 * CROWD)

    def act(number: int) -> None:
        enterprise_id, round_id, by = crowd[number // 2]
        barrier.wait()
        with app.app_context():
            if number % 2:
                assessments.submit_round(db.session.get(AssessmentRound, round_id), by=by)
            else:
                enrolment = enrolment_of(enterprise_id)
                enrolments.approve_enrolment(enrolment, by=judge, shown=enrolment.version, reason="x")
            db.session.commit()

    with ThreadPoolExecutor(2 * CROWD) as pool:
        list(pool.map(act, range(2 * CROWD)))
    with app.app_context():
        assert differences() == []
        counted = select(func.sum(BenchmarkCount.n)).where(BenchmarkCount.circle == "C38", BenchmarkCount.theme == "")
        assert db.session.scalar(counted) == CROWD


def test_rows_follow_their_records(database):
    institution, _ = make_institution()
    other, _ = make_institution(scope="33")
    enterprise, person = make_enterprise("宁波知渔示范工厂", institution=institution)
    profile, trainer = make_trainer(institution)
    booking = make_booking(enterprise, trainer)
    db.session.commit()
    enterprise.institution = other
    enrolment_of(enterprise.id).institution = other
    profile.provinces, person.name = "500000", "王小明"
    db.session.execute(update(Person).where(Person.id == trainer.id).values(name="李知渔"))
    rollups.settle()
    assert names.candidates("enrolment", [institution.id], "知渔") == set()
    assert names.candidates("enrolment", [other.id], "知渔") == {enrolment_of(enterprise.id).id}
    assert names.candidates("person", [other.id], "小明") == {person.id}
    assert names.candidates("trainer", [institution.id], "知渔") == {profile.id}
    assert [fit.profile for fit in trainers.fitting(1, "500100")] == [profile]
    assert db.session.scalar(select(Booking.institution_id).where(Booking.id == booking.id)) == other.id
    assert differences() == []


@pytest.mark.parametrize(("typed", "kept"), [
    ("ＡＢＣ 12 电器", {"abc", "12", "电器"}), ("宁波恒泰", {"宁波", "波恒", "恒泰"}), ("恒", {"恒"}), ("%_'", set()), ("", set()),
])  # fmt: skip
def test_parts_of_a_name(typed, kept):
    assert names.parts(typed) == kept


def test_what_most_share_narrows_down_the_few_that_have_the_rest(database):
    """Somebody looks for 恒泰电器 where thousands make 电器: only those with both are shown, whatever else is called 恒泰."""
    shared = [("电器", number) for number in range(1, names.FEW + 2)]
    named = [*shared, ("恒泰", 7), ("泰电", 7), ("恒泰", 9000), ("泰玩", 9000)]
    rows = [{"list": "x", "institution_id": 1, "part": part, "record_id": one} for part, one in named]
    db.session.execute(NamePart.__table__.insert(), rows)
    assert names.candidates("x", [1], "恒泰") == {7, 9000}
    assert names.candidates("x", [1], "恒泰 电器") == {7}
    assert names.candidates("x", [1], "电器") is None
