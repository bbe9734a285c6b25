"""People at work through one address: readers who leaf through a theme, savers who fill in one each. Whatever goes wrong is counted."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event

from benchmarks.load import Line, written
from tests.torture import Filler


@dataclass
class Work:
    """What one kind of request took, in milliseconds, and what went wrong."""

    seconds: float = 0
    spent: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.spent) / self.seconds

    @property
    def figures(self) -> dict:
        p95 = statistics.quantiles(self.spent, n=20)[-1]
        return {"per_second": round(self.rate, 1), "p50_ms": round(statistics.median(self.spent), 1), "p95_ms": round(p95, 1),
                "longest_ms": round(max(self.spent), 1), "number": len(self.spent), "errors": len(self.errors)}


def work(readers: list[Callable], savers: list[Callable], stop: Event, seconds: float | None = None) -> tuple[Work, Work]:
    """All of them at once, until told to stop or the time is over."""
    reading, saving, began = Work(), Work(), time.perf_counter()

    def keep_on(act: Callable, kept: Work) -> None:
        while not stop.is_set() and (seconds is None or time.perf_counter() - began < seconds):
            start = time.perf_counter()
            try:
                act()
                kept.spent.append((time.perf_counter() - start) * 1000)
            except (OSError, HTTPException, AssertionError) as error:
                kept.errors.append(f"after {start - began:.2f} s: {error!r}")

    with ThreadPoolExecutor(len(readers) + len(savers)) as pool:
        for done in [pool.submit(keep_on, act, reading) for act in readers] + [pool.submit(keep_on, act, saving) for act in savers]:
            done.result()
    reading.seconds = saving.seconds = time.perf_counter() - began
    return reading, saving


class Reader:
    """One browser with one connection to nginx; a broken one is an error, and opened anew."""

    def __init__(self, port: int, path: str, cookie: str):
        self.port, self.request, self.line = port, written(path, cookie), None

    def __call__(self) -> None:
        self.line, line = None, self.line or Line(self.port)
        status = line.ask(self.request)
        assert status == 200, f"status {status}"
        self.line = line


class Saver:
    """Saves its theme again and again as the script of the page does, and never sends anything twice. After an error it looks what
    is there: the confirmed save, or the one that was under way."""

    def __init__(self, filler: Filler, address: str):
        self.filler, self.address = filler, address

    def __call__(self) -> None:
        try:
            self.filler.save(self.address)
        except Exception:
            _status, page = self.filler.ask(self.address + self.filler.path)
            if f"\nsave {self.filler.sent}</textarea>".encode() in page:
                self.filler.confirmed = self.filler.sent
            self.filler.sent = self.filler.confirmed
            self.filler.look(self.address)
            raise
