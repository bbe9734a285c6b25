"""Rules put their addresses together as werkzeug's own do, also when 32 threads ask for all of them at once for the first time."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from werkzeug.routing import BuildError, Map, Rule

THREADS = 32


@pytest.fixture
def eager(app):
    """The same rules, compiled by werkzeug."""
    return Map([Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods, defaults=rule.defaults) for rule in app.url_map.iter_rules()],
               converters=app.url_map.converters)


def addresses(url_map) -> dict[str, str]:
    adapter, made = url_map.bind("localhost"), {}
    for rule in url_map.iter_rules():
        values = {name: 7 if name.endswith("_id") else "zh" if name == "lang" else "1" for name in rule.arguments}
        try:
            made[rule.endpoint] = adapter.build(rule.endpoint, values | {"page": "2", "search": "宁波 &"})
        except (BuildError, ValueError) as problem:
            made[rule.endpoint] = type(problem).__name__
    return made


def _lose_turn(*_) -> None:
    time.sleep(0)


def test_all_addresses_are_the_same_in_many_threads(app, eager):
    wanted, start = addresses(eager), Barrier(THREADS)

    def ask(_):
        start.wait()
        return addresses(app.url_map)

    before = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(_lose_turn)  # as anything may that runs while garbage is collected, in the middle of a tree too
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            assert all(got == wanted for got in pool.map(ask, range(THREADS)))
    finally:
        gc.callbacks.remove(_lose_turn)
        gc.set_threshold(*before)
    assert len(wanted) > 130
    assert sum("?page=2" in address for address in wanted.values()) > 130
