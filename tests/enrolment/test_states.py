"""Every state × every step: where it leads, or that it is refused."""

import pytest

from score_web.core.errors import Refused
from score_web.enrolment.states import BY_PARTNER, DONE, ENROLMENT, TABS, EnrolmentState

GRID = {
    # step: state → state; all others are refused
    "submit": {"draft": "submitted", "returned": "submitted"},
    "withdraw": {"draft": "withdrawn", "submitted": "withdrawn", "returned": "withdrawn"},
    "restart": {"withdrawn": "draft", "rejected": "draft"},
    "return": {"submitted": "returned"},
    "approve": {"submitted": "approved"},
    "reject": {"submitted": "rejected"},
    "transfer": {"submitted": "submitted"},
    "correct": {"approved": "approved"},
    "recheck": {"approved": "submitted"},
}


@pytest.mark.parametrize("state", list(EnrolmentState))
@pytest.mark.parametrize("step", list(ENROLMENT.steps))
def test_grid(step, state):
    target = GRID[step].get(state.value)
    if target:
        assert ENROLMENT.take(step, state, "reason") == target
    else:
        with pytest.raises(Refused):
            ENROLMENT.take(step, state, "reason")
    assert ENROLMENT.allows(step, state) is bool(target)


@pytest.mark.parametrize("step", list(ENROLMENT.steps))
def test_reasons(step):
    source = EnrolmentState(next(iter(GRID[step])))
    if step in ("return", "reject", "transfer"):
        with pytest.raises(Refused):
            ENROLMENT.take(step, source, "  ")
    else:
        assert ENROLMENT.take(step, source)


def test_every_step_has_words_and_every_submitted_state_a_tab():
    assert set(DONE) == set(ENROLMENT.steps) == set(GRID)
    assert set(BY_PARTNER) <= set(DONE)
    assert {state for states in TABS.values() for state in states} == set(EnrolmentState) - {EnrolmentState.DRAFT}
