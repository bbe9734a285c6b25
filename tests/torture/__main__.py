"""`make torture`: how often was the server killed on each database, how much was confirmed, and was any of it lost?"""

import argparse
import tempfile
import time

from tests.conftest import build, migrate
from tests.engines import Postgres
from tests.torture.answers import Torture
from tests.torture.bursts import Count
from tests.torture.writes import Writes

PARTS = {"answers": Torture, "writes": Writes}


def report(engine: str, part: str, kills: int):
    begun = time.monotonic()

    def tell(count: Count) -> None:
        if count.kills % 50 == 0 or count.kills == kills:
            print(f"{engine}, {part}: killed {count.kills} times in {time.monotonic() - begun:.0f} s; {count.saves} confirmed, none lost; "
                  f"{count.under_way} under way at the kill, {count.landed} of them stored, whole; {count.sealed} sealed, chain whole",
                  flush=True)

    return tell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often on each database")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    chosen = parser.parse_args()
    postgres = Postgres()
    try:
        for part in [chosen.only] if chosen.only else PARTS:
            for engine in ("sqlite", "postgresql"):
                torture(postgres, engine, part, chosen.kills)
    finally:
        postgres.stop()


def torture(postgres: Postgres, engine: str, part: str, kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if engine == "postgresql":
            postgres.execute(f"CREATE DATABASE {part}")
        app = build(f"sqlite:///{folder}/torture.db" if engine == "sqlite" else postgres.uri(part), folder)
        migrate(app)
        PARTS[part](app, whole=10, hurry=True).run(kills, tell=report(engine, part, kills))


if __name__ == "__main__":
    main()
