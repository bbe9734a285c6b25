"""Thirty people at the same moment, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from score_web.assessment import queries, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AnswerVersion, AssessmentRound
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.permissions import Actor
from tests.assessment.filling import answer_all, make_filling
from tests.factories import actor_of, make_enterprise, make_institution

pytestmark = pytest.mark.both_engines
CROWD = 30


def at_once(app, act) -> list:
    """What `act(number)` returned for each; a refusal comes back as itself."""
    barrier = Barrier(CROWD)

    def run(number: int):
        barrier.wait()
        with app.app_context():
            try:
                result = act(number)
                db.session.commit()
            except Refused as no:
                db.session.rollback()
                result = no
            return result

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(run, range(CROWD)))


@pytest.fixture
def f(app):
    with app.app_context():
        found = make_filling()
        found.id, found.enterprise_id = found.round.id, found.enterprise.id
        return found


def save(f, *changes: Change) -> services.Saved:
    return services.save_answers(db.session.get(AssessmentRound, f.id), changes, by=f.actor)


@pytest.mark.parametrize("shown", [0, 1])
def test_of_thirty_different_answers_exactly_one_wins(app, f, shown):
    with app.app_context():
        if shown:
            save(f, Change("M1-A1", Reply("0"), 0))
            db.session.commit()
    saved = at_once(app, lambda n: save(f, Change("M1-A1", Reply(str(n % 4), note=f"from {n}"), shown)))
    winners = [n for n, one in enumerate(saved) if not one.conflicts]
    assert len(winners) == 1
    with app.app_context():
        stored = queries.answers_of(f.id)["M1-A1"]
    assert stored.reply == Reply(str(winners[0] % 4), note=f"from {winners[0]}")
    assert stored.version == shown + 1


@pytest.mark.parametrize("shown", [0, 1])
def test_thirty_people_on_thirty_sets_of_statements_lose_nothing(app, f, shown):
    statements = [f"M1-A{n}" for n in (4, 3, 2, 1)]
    with app.app_context():
        if shown:
            save(f, *(Change(s, Reply("0"), 0) for s in statements[:3]))  # one is new, three have a history to be kept
            db.session.commit()
    versions = {s: shown if s in statements[:3] else 0 for s in statements}
    orders = statements, statements[::-1]
    saved = at_once(app, lambda n: save(f, *(Change(s, Reply("2", note=f"{n}"), versions[s]) for s in orders[n % 2])))
    with app.app_context():
        stored = queries.answers_of(f.id)
        assert db.session.scalar(db.select(db.func.count()).select_from(AnswerVersion)) == 3 * shown
    kept = {s: int(stored[s].reply.note) for s in statements}
    for number, one in enumerate(saved):
        assert set(one.conflicts) == {s for s in statements if kept[s] != number}


def test_no_answer_changes_after_submission(app, f):
    with app.app_context():
        answer_all(db.session.get(AssessmentRound, f.id), f.actor)

    def act(number: int):
        if number == CROWD // 2:
            services.submit_round(db.session.get(AssessmentRound, f.id), by=f.actor)
            return {s: stored.version for s, stored in queries.answers_of(f.id).items()}
        return save(f, Change(f"M1-B{number % 5 + 1}", Reply("3", note=f"late {number}"), 1))

    results = at_once(app, act)
    at_submission = results[CROWD // 2]
    with app.app_context():
        assert db.session.get(AssessmentRound, f.id).state is RoundState.SUBMITTED
        stored = queries.answers_of(f.id)
    assert {s: one.version for s, one in stored.items()} == at_submission
    for number, result in enumerate(results):
        if number != CROWD // 2 and not isinstance(result, Refused) and not result.conflicts:
            assert stored[f"M1-B{number % 5 + 1}"].reply.note == f"late {number}"


def test_thirty_submit_and_one_does(app, f):
    with app.app_context():
        answer_all(db.session.get(AssessmentRound, f.id), f.actor)
    results = at_once(app, lambda n: services.submit_round(db.session.get(AssessmentRound, f.id), by=f.actor))
    assert sum(result is None for result in results) == 1


def test_thirty_who_start_at_once_land_on_the_same_one(app):
    with app.app_context():
        enterprise, manager = make_enterprise(institution=make_institution()[0])
        db.session.commit()
        actor: Actor = actor_of(manager)
        enterprise_id = enterprise.id
    started = at_once(app, lambda n: services.start_round(enterprise_id=enterprise_id, module=3, by=actor).id)
    assert len(set(started)) == 1
    with app.app_context():
        assert [r.number for r in queries.rounds_of(enterprise_id)] == [1]
