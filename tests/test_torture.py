"""The server dies in the middle of saving, ten times in every test run; `make torture` does it 200 times on each database."""

import pytest

from tests.torture import Torture

KILLS = {"sqlite": 6, "postgresql": 4}


@pytest.mark.both_engines
def test_what_was_confirmed_survives_kill_9(app, engine):
    count = Torture(app, whole=KILLS["sqlite"], hurry=True).run(KILLS[engine])
    assert count.kills == KILLS[engine]
    assert count.saves >= count.kills, "the kills came before anything was saved"


def test_a_confirmed_answer_that_is_gone_would_be_noticed(app):
    torture = Torture(app)
    torture.people[0].sent = torture.people[0].confirmed = 1
    with pytest.raises(AssertionError, match="1 was confirmed"):
        torture.compare()
