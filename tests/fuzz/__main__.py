"""`python -m tests.fuzz --requests 20000`: how many were asked, how were they answered, and did any do harm?"""

import argparse
import secrets
import tempfile
import time

from score_web.core.db import db
from score_web.demo.services import seed as fill
from tests.conftest import build, migrate
from tests.fuzz.desk import Desk
from tests.fuzz.run import ask_again, ask_for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the first burst; the others count on")
    chosen = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        app = build(f"sqlite:///{folder}/fuzz.db", folder)
        migrate(app)
        with app.app_context():
            fill()
            db.session.commit()
        desk = Desk(app)
        found = [target for targets in desk.surface.targets.values() for target in targets]
        print(f"{len(found)} addresses of {len(desk.surface.targets)} kinds of visitors, {sum(len(one.fields) for one in found)} fields; "
              f"first seed {chosen.seed}", flush=True)  # fmt: skip

        def tell(seed: int) -> None:
            spent = time.monotonic() - begun
            print(f"{desk.asked} requests in {spent:.0f} s, seed {seed}: {dict(sorted(desk.statuses.items()))}", flush=True)

        ask_again(desk)
        ask_for(desk, chosen.requests, chosen.seed, tell)


if __name__ == "__main__":
    main()
