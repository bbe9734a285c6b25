"""Starting, saving, submitting and reopening, on both databases."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm.exc import StaleDataError

from score_web.assessment import queries, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.core import audit
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.enrolment.states import EnrolmentState
from tests.assessment.filling import answer_all, replies, submitted
from tests.factories import actor_of, make_enterprise, make_institution

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize("state", [None, *EnrolmentState])
def test_filling_may_start_once_the_enrolment_is_submitted(database, state):
    enterprise, manager = make_enterprise(state=state, institution=make_institution()[0])
    start = {"enterprise_id": enterprise.id, "module": 1, "by": actor_of(manager)}
    if state in (EnrolmentState.SUBMITTED, EnrolmentState.RETURNED, EnrolmentState.APPROVED):
        assert services.start_round(**start).number == 1
    else:
        with pytest.raises(Refused, match="once your enrolment is submitted"):
            services.start_round(**start)


def test_a_second_start_lands_on_the_open_one(f):
    again = services.start_round(enterprise_id=f.enterprise.id, module=1, by=actor_of(f.colleague))
    assert again.id == f.round.id
    assert (f.round.number, f.round.edition, f.round.state) == (1, "2026", RoundState.OPEN)


def test_a_new_answer_gets_version_1_and_the_next_one_2(f):
    saved = services.save_answers(f.round, (Change("M1-A1", Reply("1"), 0),), by=f.actor)
    assert (saved.stored["M1-A1"].version, saved.stored["M1-A1"].by_name, saved.conflicts) == (1, f.manager.name, {})
    saved = services.save_answers(f.round, (Change("M1-A1", Reply("3", note="seen"), 1),), by=actor_of(f.colleague))
    assert (saved.stored["M1-A1"].version, saved.stored["M1-A1"].by_name) == (2, "Li Mei")
    assert saved.stored["M1-A1"].reply == Reply("3", note="seen")


@pytest.mark.parametrize("shown", [0, 1, 3])
def test_an_answer_over_another_version_is_a_conflict_and_the_rest_is_saved(f, shown):
    services.save_answers(f.round, (Change("M1-A1", Reply("1"), 0),), by=f.actor)
    services.save_answers(f.round, (Change("M1-A1", Reply("2"), 1),), by=f.actor)
    mine = Change("M1-A1", Reply("0", note="mine"), shown)
    saved = services.save_answers(f.round, (mine, Change("M1-A2", Reply("3"), 0)), by=actor_of(f.colleague))
    assert saved.conflicts == {"M1-A1": mine}
    assert replies_now(saved) == {"M1-A1": Reply("2"), "M1-A2": Reply("3")}


def test_the_same_answer_twice_is_no_conflict(f):
    change = Change("M1-A1", Reply("2", note="both say so"), 0)
    services.save_answers(f.round, (change,), by=f.actor)
    saved = services.save_answers(f.round, (change,), by=actor_of(f.colleague))
    assert (saved.conflicts, saved.stored["M1-A1"].version, saved.stored["M1-A1"].by_name) == ({}, 1, f.manager.name)


def replies_now(saved):
    return {statement: stored.reply for statement, stored in saved.stored.items()}


def test_saving_does_not_touch_the_row_of_the_round(f):
    before = f.round.version
    answer_all(f.round, f.actor)
    assert f.round.version == before


@pytest.mark.parametrize(("rated", "not_applicable", "sentence"), [
    (19, 0, "Answer at least 20 of the 24 statements; 19 are answered so far."),
    (11, 9, "Rate at least 12 of the 24 statements; 11 are rated so far, and “not applicable” is no rating."),
    (12, 8, None), (20, 0, None),
])
def test_submit_needs_80_percent_answered_and_half_rated(f, rated, not_applicable, sentence):
    statements = [s.id for s in queries.module_of(f.round).statements]
    but = dict.fromkeys(statements[rated:rated + not_applicable], Reply("na", reason="no such machine"))
    answer_all(f.round, f.actor, but=but, only=rated + not_applicable)
    if sentence is None:
        services.submit_round(f.round, by=f.actor)
        assert f.round.state is RoundState.SUBMITTED
    else:
        with pytest.raises(Refused) as refused:
            services.submit_round(f.round, by=f.actor)
        assert refused.value.sentence.msgid % refused.value.sentence.values == sentence


def test_not_applicable_without_a_reason_does_not_count(f):
    answer_all(f.round, f.actor, choice="na")
    assert queries.score_of(f.round).answered == 0
    assert queries.progress(f.enterprise.id) == {}


def test_after_submission_nothing_is_saved(f):
    submitted(f)
    before = replies(f.round)
    with pytest.raises(Refused, match="its answers are locked"):
        services.save_answers(f.round, (Change("M1-A1", Reply("0"), 1),), by=f.actor)
    assert replies(f.round) == before
    with pytest.raises(Refused):
        services.submit_round(f.round, by=f.actor)


def test_reopening_tells_the_enterprise_and_keeps_the_history(database, f):
    submitted(f)
    services.reopen_round(f.round, by=actor_of(f.partner), reason=" The union question was misread. ")
    database.session.commit()
    assert f.round.state is RoundState.OPEN
    assert queries.has_baseline(f.enterprise.id, 1)
    told = database.select(Message).where(Message.person_id != f.partner.id)  # the partner heard of the submission
    news = database.session.scalars(told.order_by(Message.person_id)).all()
    assert [m.person_id for m in news] == sorted([f.manager.id, f.colleague.id])
    assert all("The union question was misread." in m.body_zh and "The union question was misread." in m.body_en for m in news)
    assert [e.action for e in audit.history(f.round)] == ["assessment_round.reopen", "assessment_round.submit", "assessment_round.start"]
    services.save_answers(f.round, (Change("M1-A1", Reply("0"), 1),), by=f.actor)
    assert replies_of_db(f)["M1-A1"] == Reply("0")


def replies_of_db(f):
    return {s: stored.reply for s, stored in queries.answers_of(f.round.id).items()}


def test_reopening_needs_a_reason_and_the_last_one(f):
    submitted(f)
    with pytest.raises(Refused, match="write the reason"):
        services.reopen_round(f.round, by=actor_of(f.partner), reason="  ")
    services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    with pytest.raises(Refused, match="only the last one can be reopened"):
        services.reopen_round(f.round, by=actor_of(f.partner), reason="late")


def test_a_new_one_starts_from_the_answers_of_the_last_one(database, f):
    submitted(f, but={"M1-A2": Reply("na", reason="no shop floor"), "M1-A3": Reply("1", note="shouting in assembly")})
    before = replies(f.round)
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=actor_of(f.colleague))
    database.session.commit()
    assert second.number == 2
    assert replies(second) == before == replies(f.round)
    stored = queries.answers_of(second.id)
    assert {(s.version, s.by_name) for s in stored.values()} == {(1, f.manager.name)}
    assert all(s.at < second.started_at for s in stored.values())
    services.save_answers(second, (Change("M1-A3", Reply("3"), 1),), by=f.actor)
    assert queries.answers_of(f.round.id)["M1-A3"].reply == Reply("1", note="shouting in assembly")


def test_what_others_ask(database, f):
    assert queries.latest_submitted(f.enterprise.id, 1) is None
    assert not queries.has_baseline(f.enterprise.id, 1)
    answer_all(f.round, f.actor, only=5)
    assert queries.progress(f.enterprise.id) == {f.round.id: 5}
    assert [w.text.values for w in queries.waiting_for(f.actor)] == [{"module": 1, "answered": 5, "total": 24}]
    first = submitted(f)
    assert queries.latest_submitted(f.enterprise.id, 1) == first
    assert queries.has_baseline(f.enterprise.id, 1)
    assert not queries.has_baseline(f.enterprise.id, 2)
    assert queries.percents([first.id]) == {first.id: queries.score_of(first).percent}
    assert queries.waiting_for(f.actor) == []
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    assert queries.rounds_of(f.enterprise.id) == [first, second]
    assert queries.earlier_submitted(second) == first
    assert database.session.scalar(database.select(database.func.count()).select_from(AssessmentRound)) == 2


def test_a_save_into_what_was_erased_meanwhile_is_told_as_a_change(f):
    """Whoever asked for the page before the erasure gets 404 or 409 after it, never a crash."""
    assert f.round.state is RoundState.OPEN
    db.session.execute(delete(AssessmentRound).execution_options(synchronize_session=False))
    with pytest.raises(StaleDataError):
        services.save_answers(f.round, (Change("M1-A1", Reply("2"), 0),), by=f.actor)
