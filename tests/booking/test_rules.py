"""The pure rules: gate, offers, steps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from score_web.booking import gate
from score_web.booking.offers import Candidate, Offer, offers, window
from score_web.booking.states import BOOKING, BookingKind, BookingState, may_complete, state_now
from score_web.core.errors import Refused
from score_web.trainers.certification import Level

FACTS = gate.Facts(module=1, approved=True, baseline=True, first_module_day=None, fitting_trainers=1, division_code="330200")
D = date
S = BookingState


def unmet(facts):
    return [(line.name, line.endpoint, line.values) for line in gate.conditions(facts) if not line.met]


def test_the_gate_is_open_when_everything_is_there():
    assert [line.name for line in gate.conditions(FACTS)] == ["approved", "baseline", "trainer"]
    assert gate.all_met(gate.conditions(FACTS))


@pytest.mark.parametrize(("change", "line"), [
    ({"approved": False}, ("approved", "enrolment.start", {})),
    ({"baseline": False}, ("baseline", "assessment.hub", {})),
    ({"fitting_trainers": 0}, ("trainer", "pages.contact", {})),
    ({"module": 2}, ("first_module", "booking.new", {"module": 1})),
    ({"open_class_id": 7}, ("one_request", "booking.show", {"booking_id": 7})),
])
def test_each_condition_closes_the_gate_and_says_where_to_go(change, line):
    assert unmet(replace(FACTS, **change)) == [line]


@pytest.mark.parametrize("module", [2, 3, 4, 5])
def test_other_modules_need_a_module_1_class_that_starts_earlier(module):
    facts = replace(FACTS, module=module, first_module_day=D(2026, 3, 5))
    assert unmet(facts) == []
    assert [gate.starts_after_first_module(facts, D(2026, 3, day)) for day in (4, 5, 6)] == [False, False, True]
    assert not gate.starts_after_first_module(replace(facts, first_module_day=None), D(2026, 3, 6))


ANSWER = gate.AnswerFacts(module=1, days=(D(2026, 3, 5),), division_code="330200", approved=True, lead_level=Level.CERTIFIED,
                          lead_free=True, with_second=False, second_fits=True, second_free=True, first_module_day=None)


@pytest.mark.parametrize(("change", "names"), [
    ({}, []),
    ({"lead_level": None}, ["level"]),
    ({"lead_level": Level.CANDIDATE}, ["level"]),
    ({"lead_free": False}, ["free"]),
    ({"approved": False}, ["approved"]),
    ({"with_second": True}, ["level"]),
    ({"with_second": True, "lead_level": Level.EXPERT}, []),
    ({"with_second": True, "lead_level": Level.EXPERT, "second_free": False}, ["second"]),
    ({"with_second": True, "lead_level": Level.EXPERT, "second_fits": False}, ["second"]),
    ({"module": 2}, ["first_module"]),
    ({"module": 2, "first_module_day": D(2026, 3, 5)}, ["first_module"]),
    ({"module": 2, "first_module_day": D(2026, 3, 4)}, []),
])
def test_what_is_asked_again_when_accepting(change, names):
    assert [line.name for line in gate.answer_checks(replace(ANSWER, **change)) if not line.met] == names


WEEK = frozenset({D(2026, 3, 5), D(2026, 3, 6), D(2026, 3, 9), D(2026, 3, 11)})


def test_a_class_takes_two_neighbouring_days_and_a_visit_one():
    certified = Candidate(1, Level.CERTIFIED, WEEK)
    assert offers(BookingKind.CLASS, [certified]) == [Offer(1, None, (D(2026, 3, 5), D(2026, 3, 6)))]
    assert [o.days for o in offers(BookingKind.VISIT, [certified])] == [(day,) for day in sorted(WEEK)]


def test_a_candidate_is_offered_only_beside_an_expert_and_when_both_are_free():
    candidate = Candidate(2, Level.CANDIDATE, frozenset({D(2026, 3, 5), D(2026, 3, 6)}))
    assert offers(BookingKind.CLASS, [candidate]) == []
    assert [o.key for o in offers(BookingKind.CLASS, [candidate, Candidate(1, Level.CERTIFIED, WEEK)])] == ["1-0-2026-03-05"]
    assert [o.key for o in offers(BookingKind.CLASS, [candidate, Candidate(3, Level.EXPERT, WEEK)])] == ["3-0-2026-03-05", "3-2-2026-03-05"]
    busy = replace(candidate, free=frozenset({D(2026, 3, 6)}))
    assert [o.key for o in offers(BookingKind.CLASS, [busy, Candidate(3, Level.EXPERT, WEEK)])] == ["3-0-2026-03-05"]


def test_days_are_offered_from_three_days_ahead_for_two_months():
    assert window(D(2026, 3, 2)) == (D(2026, 3, 5), D(2026, 5, 1))


ALLOWED = {
    ("requested", "accept"): "accepted", ("requested", "decline"): "declined", ("requested", "cancel"): "cancelled",
    ("requested", "lapse"): "lapsed", ("accepted", "cancel"): "cancelled", ("accepted", "complete"): "completed",
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("step", ["accept", "decline", "cancel", "lapse", "complete"])
def test_every_step_from_every_state(state, step):
    target = ALLOWED.get((state.value, step))
    assert BOOKING.allows(step, state) is (target is not None)
    if target:
        assert BOOKING.take(step, state, "a reason") is S(target)
    else:
        with pytest.raises(Refused):
            BOOKING.take(step, state, "a reason")


def test_the_grid_is_complete():
    assert set(BOOKING.steps) == {"accept", "decline", "cancel", "lapse", "complete"}


@pytest.mark.parametrize("step", ["decline", "cancel"])
@pytest.mark.parametrize("reason", ["", " \n "])
def test_declining_and_cancelling_need_a_reason(step, reason):
    with pytest.raises(Refused) as no:
        BOOKING.take(step, S.REQUESTED, reason)
    assert no.value.sentence.msgid == "Please write the reason: the other side will read it."


def test_a_request_lapses_on_the_minute_and_nothing_else_does():
    end = datetime(2026, 3, 5, tzinfo=UTC)
    assert state_now(S.REQUESTED, end, end - timedelta(seconds=1)) is S.REQUESTED
    assert state_now(S.REQUESTED, end, end) is S.LAPSED
    assert [state_now(s, end, end) for s in S if s is not S.REQUESTED] == [s for s in S if s is not S.REQUESTED]


def test_completed_from_the_last_day_on():
    assert [may_complete(D(2026, 3, 6), D(2026, 3, day)) for day in (5, 6, 7)] == [False, True, True]
