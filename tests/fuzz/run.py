"""How is a number of requests made and judged? In bursts, each with a seed of its own that says it all again."""

import json
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.fuzz.asking import Ask, asks
from tests.fuzz.desk import Desk
from tests.source import ROOT

FOUND = Path(__file__).with_name("found.json")
BURST = 500
QUIET = settings(
    max_examples=BURST, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
    phases=(Phase.reuse, Phase.generate, Phase.shrink), database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis/fuzz"),
)  # fmt: skip


def burst(desk: Desk, number: int) -> None:
    """Raises Harm, shrunk to the smallest request that does it."""

    @seeded(number)
    @QUIET
    @given(asks(desk.surface))
    def ask_one(ask):
        desk.check(ask)

    ask_one()


def ask_for(desk: Desk, requests: int, first_seed: int, tell=lambda _seed: None) -> None:
    seed = first_seed
    while desk.asked < requests:
        burst(desk, seed)
        tell(seed)
        seed += 1


def ask_again(desk: Desk) -> None:
    """What did harm once."""
    for known in json.loads(FOUND.read_text("utf-8")):
        desk.check(Ask.of(known))
