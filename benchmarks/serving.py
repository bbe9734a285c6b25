"""How does the server that `serve` starts compare with a floor under the same gunicorn? The long lane of `make bench`.

On SQLite and on PostgreSQL: pages and durable saves per second, and the time from starting the process to the first page; the
memory of two workers on PostgreSQL (SQLite is served by one). Exits non-zero when a ratio is beyond the very most we allow.
"""

import argparse
import compileall
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Served, per_second, written
from benchmarks.measure import Limit, Row, compared, machine, told
from benchmarks.subject import Subject
from score_web.core import cli
from tests.engines import Postgres

CLIENTS, SECONDS, ROUNDS = 4, 2.0, 5
RATE = Limit(0.5, 0.35, share=True)
MEMORY, START = Limit(2.5, 3.5), Limit(4, 5)
GUNICORN = ["-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "8", "--log-level", "warning", "--preload"]


class Pair:
    """The application and the floor on the same data, each startable; the code of both is compiled, as `setup` does."""

    def __init__(self, folder: Path, engine: str, database: str = ""):
        self.folder, self.engine = folder, engine
        cli.compile_code()
        compileall.compile_dir(Path(__file__).parent, quiet=2)
        self.subject = Subject(str(folder), database)
        self.floor = self.subject.recorded().write(folder / "floor.json")
        self.page = written(self.subject.pages["theme"], self.subject.cookie)

    def ours(self, workers: int = 1) -> Served:
        config = self.subject.app.config
        settings = {name: str(config[name]) for name in ("DATABASE_URL", "SECRET_KEY", "SCORE_DATA_DIR")}
        command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--workers", str(workers)]
        return Served(command, settings | {"SCORE_ENV": "demo"}, self.folder / "ours.log")

    def bare(self, workers: int = 1) -> Served:
        command = [sys.executable, *GUNICORN, "--workers", str(workers), "--bind", "127.0.0.1:PORT", "benchmarks.floor:from_file()"]
        return Served(command, {"FLOOR": str(self.floor)}, self.folder / "floor.log")

    @contextmanager
    def both(self, workers: int = 1):
        served = [self.ours(workers), self.bare(workers)]
        try:
            for one in served:
                one.first_page(self.page)
            yield served
        finally:
            for one in served:
                one.stop()

    def savers(self) -> list:
        """Each client saves a theme of its own, so that none meets another's newer answer."""
        self.subject.seals()
        path = self.subject.pages["theme"][:-1]
        forms = list(self.subject.forms.items())[:CLIENTS]
        return [lambda form=form, letter=letter: written(path + letter, self.subject.cookie, form.next()) for letter, form in forms]


def rates(pair: Pair, seconds: float, rounds: int) -> list[Row]:
    shown, saved = [], []
    with pair.both() as served:
        for _ in range(rounds):
            shown.append(tuple(per_second(one.port, [lambda: pair.page] * CLIENTS, 200, seconds) for one in served))
            saved.append(tuple(per_second(one.port, pair.savers(), 303, seconds) for one in served))
    return [compared("pages a second, 4 clients", pair.engine, "/s", shown, RATE),
            compared("durable saves of a theme a second", pair.engine, "/s", saved, RATE)]


def memory(pair: Pair, seconds: float) -> Row:
    """After both workers have shown and saved pages."""
    with pair.both(workers=2) as served:
        for one in served:
            per_second(one.port, [lambda: pair.page] * CLIENTS, 200, seconds)
            per_second(one.port, pair.savers(), 303, seconds)
        return compared("memory of two workers (PSS)", pair.engine, "MB", [tuple(one.memory() for one in served)], MEMORY)


def starts(pair: Pair, rounds: int) -> Row:
    pairs = []
    for _ in range(rounds):
        spent = []
        for start in (pair.ours, pair.bare):
            served = start()
            spent.append(served.first_page(pair.page))
            served.stop()
        pairs.append(tuple(spent))
    return compared("start to the first page", pair.engine, "s", pairs, START)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=SECONDS)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    options, where, rows = asked.parse_args(), machine(), []
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(Path(folder), "SQLite")
        rows += [*rates(pair, options.seconds, options.rounds), starts(pair, options.rounds)]
    postgres = Postgres(durable=True)
    postgres.execute("CREATE DATABASE bench")
    try:
        with tempfile.TemporaryDirectory() as folder:
            pair = Pair(Path(folder), "PostgreSQL", postgres.uri("bench"))
            rows += [*rates(pair, options.seconds, options.rounds), memory(pair, options.seconds)]
    finally:
        postgres.stop()
    return int(told(rows, where, "under gunicorn") > 0)


if __name__ == "__main__":
    sys.exit(main())
