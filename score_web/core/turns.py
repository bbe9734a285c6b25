"""Who computes now? On SQLite one request of a process after another.

Python lets one thread compute at a time, and SQLite gives that up at each row it finds: with four pages at once, threads change over
140 times a page instead of 9, and a page takes a quarter more. Of two who write, one would sleep and knock again. PostgreSQL is a
process of its own: while one request waits for its answer, others compute, so nobody waits for a turn there.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g

PATIENCE = 0.05  # seconds; then one goes beside: whoever is ahead has slow work that nobody told us of


def init_app(app: Flask, one_by_one: bool) -> None:
    app.extensions["score_turn"] = threading.Lock() if one_by_one else None


@contextmanager
def taken() -> Iterator[None]:
    """For a request that has arrived whole: nobody waits for a slow network."""
    turn = current_app.extensions["score_turn"]
    if turn and turn.acquire(timeout=PATIENCE):
        g.turn = turn
    try:
        yield
    finally:
        pass_on()


def pass_on() -> None:
    """Before work that takes long: others need not wait for it."""
    if turn := g.pop("turn", None):
        turn.release()
