"""The server dies in the middle of saving, ten times in every test run; `make torture` does it 200 times on each database."""

import pytest

from tests.torture import Torture

KILLS = {"sqlite": 6, "postgresql": 4}


@pytest.mark.both_engines
def test_what_was_confirmed_survives_kill_9(app, engine):
    count = Torture(app, whole=KILLS["sqlite"], hurry=True).run(KILLS[engine])
    assert count.kills == KILLS[engine]
    assert count.saves >= count.kills, "the kills came before anything was saved"
