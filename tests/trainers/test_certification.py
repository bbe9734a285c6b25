"""Module 1 comes first, and whoever trains other modules keeps it."""

import pytest

from score_web.trainers.certification import Level, grant_problem, may_accompany_candidate, may_lead

CANDIDATE, CERTIFIED, EXPERT = Level.CANDIDATE, Level.CERTIFIED, Level.EXPERT
FIRST = "Module 1 comes first: certify this trainer for it before any other module."
OTHERS = "This trainer still trains other modules, which need module 1: end those first."


@pytest.mark.parametrize(("levels", "module", "level", "problem"), [
    ({}, 1, CANDIDATE, None),
    ({}, 1, EXPERT, None),
    ({}, 2, CANDIDATE, FIRST),
    ({1: CANDIDATE}, 2, CANDIDATE, FIRST),
    ({1: CERTIFIED}, 2, CANDIDATE, None),
    ({1: EXPERT}, 5, EXPERT, None),
    ({1: CERTIFIED}, 1, None, None),
    ({1: CERTIFIED}, 1, CANDIDATE, None),
    ({1: CERTIFIED, 2: CANDIDATE}, 1, None, OTHERS),
    ({1: CERTIFIED, 2: CANDIDATE}, 1, CANDIDATE, OTHERS),
    ({1: CERTIFIED, 2: CANDIDATE}, 1, EXPERT, None),
    ({1: CERTIFIED, 2: CANDIDATE}, 2, None, None),
])
def test_what_may_be_granted(levels, module, level, problem):
    found = grant_problem(levels, module, level)
    assert (found and found.msgid) == problem


def test_a_candidate_never_leads_and_only_an_expert_takes_one_along():
    assert [may_lead(level) for level in (CANDIDATE, CERTIFIED, EXPERT)] == [False, True, True]
    assert [may_accompany_candidate(level) for level in (CANDIDATE, CERTIFIED, EXPERT)] == [False, False, True]
