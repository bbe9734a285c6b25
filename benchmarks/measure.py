"""How does one thing compare with another on a machine with busy neighbours? In pairs, by medians, with the spread told."""

import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Limit:
    """`aim` is what we want, `most` the very most (or, for a share, the very least): beyond it the command fails."""

    aim: float
    most: float
    share: bool = False

    def missed(self, ratio: float, by: float) -> bool:
        return ratio < by if self.share else ratio > by


@dataclass(frozen=True)
class Row:
    """One line of the table: `low` and `high` are the quartiles of the ratio over all pairs."""

    name: str
    engine: str
    unit: str
    ours: float
    floor: float
    ratio: float
    low: float
    high: float
    limit: Limit | None = None

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        if self.limit.missed(self.ratio, self.limit.most):
            return "OVER THE LIMIT"
        return "short of its aim" if self.limit.missed(self.ratio, self.limit.aim) else "ok"


def compared(name: str, engine: str, unit: str, pairs: list[tuple[float, float]], limit: Limit | None = None) -> Row:
    """A row from pairs (ours, floor) that were measured one right after the other."""
    ratios = [ours / floor for ours, floor in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return Row(name, engine, unit, *(statistics.median(side) for side in zip(*pairs, strict=True)), middle, low, high, limit)


def paired(ours: Callable[[], object], floor: Callable[[], object], rounds: int, each: int = 3) -> tuple[list, list]:
    """Pairs of wall time and of CPU time in milliseconds. Each round asks both sides `each` times in turn and keeps the middle one."""
    for _ in range(10):
        ours(), floor()
    wall, cpu = [], []
    for number in range(rounds):
        sides = {}
        for side in (ours, floor) if number % 2 else (floor, ours):
            sides[side] = [_spent(side) for _ in range(each)]
        for kind, pairs in ((0, wall), (1, cpu)):
            pairs.append(tuple(statistics.median(spent[kind] for spent in sides[side]) for side in (ours, floor)))
    return wall, cpu


def _spent(ask: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.thread_time()
    ask()
    return (time.perf_counter() - wall) * 1000, (time.thread_time() - cpu) * 1000


def machine() -> str:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} × {model[1] if model else platform.machine()}, Python {platform.python_version()}, load before {load}"


def told(rows: list[Row], where: str, lane: str) -> int:
    """Prints the table, keeps it as JSON beside the other lane's, and says how many rows are beyond their limit."""
    print(f"{where}\n{'':<34}{'':<11}{'ours':>9}{'floor':>9}       {'ratio':>6}  {'quartiles':<13}{'aim':>6}{'limit':>7}")
    for row in rows:
        aims = f"{row.limit.aim:>6g}{row.limit.most:>7g}" if row.limit else " " * 13
        print(f"{row.name:<34}{row.engine:<11}{row.ours:>9.2f}{row.floor:>9.2f} {row.unit:<6}{row.ratio:>6.2f}  "
              f"{f'{row.low:.2f}–{row.high:.2f}':<13}{aims}  {row.verdict}")
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept[lane] = {"machine": where, "rows": [asdict(row) | {"verdict": row.verdict} for row in rows]}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    return sum(row.verdict == "OVER THE LIMIT" for row in rows)
