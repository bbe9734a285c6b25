"""Does a page get slower when the programme grows? The lists, searches, medians and the finder among 1,000 and among 100,000 enterprises.

Each page is asked for in-process, in turn from the small and from the large installation, so that a busy machine slows both alike.
Exits non-zero when p95 of the large one is more than 1.5 times that of the small one, for pages that show as many lines in both: among
a thousand enterprises some lists do not fill a page, which is no merit of theirs. Installations are filled by `flask demo grow` and kept in
--folder for the next time. `--enterprises 1000000` is for a patient person with 20 GB of disk.
"""

import argparse
import contextlib
import gc
import json
import statistics
import sys
import time
from pathlib import Path

from sqlalchemy import text

from docs.screenshots import demo_app
from score_web import create_app
from score_web.accounts.models import Person
from score_web.accounts.queries import person_by_email
from score_web.core import installation
from score_web.core.db import db
from score_web.demo.services.growth import PASSWORD, grow
from score_web.demo.services.loading import in_bulk
from tests.client import Client
from tests.engines import Postgres

LIMIT, WARM_UP = 1.5, 3
LINE = "{who:<14}{page:<72}{small_p50:7.1f}{small_p95:7.1f}{large_p50:8.1f}{large_p95:7.1f}{ratio_p50:7.2f}{ratio_p95:6.2f}  {lines}"
BIG, SMALL, NATION = "grown-44@example.com", "grown-64@example.com", "national@example.com"
FIRM, TRAINER = "an enterprise", "a trainer"
TWO, MANY, WORD = "%E6%81%92%E6%B3%B0", "%E7%94%B5%E5%99%A8", "heng"  # 恒泰, in few names; 电器, in a tenth of all
DECIDED, ALL = "enrolment/queue?tab=decided", "enrolment/queue?tab=decided&area=all"
PAGES = {
    BIG: (
        "dashboard", "enrolment/queue", DECIDED, f"NEXT {DECIDED}", f"{DECIDED}&search={TWO}", f"{DECIDED}&search={WORD}",
        f"{DECIDED}&search=G0000", f"{DECIDED}&sector=C20", f"{DECIDED}&flag=code", ALL, "accounts/people", "NEXT accounts/people",
        "accounts/people?role=trainer", f"accounts/people?q={TWO}", "accounts/inbox", "trainers/",
        "trainers/?all=1&module=3&province=330000",
        "booking/", "NEXT booking/", "privacy/requests",
    ),
    SMALL: (DECIDED, f"{DECIDED}&search={TWO}", "accounts/people", "trainers/", "booking/"),
    NATION: (ALL, f"{ALL}&search={TWO}", f"{ALL}&search={MANY}", "accounts/people", f"accounts/people?q={TWO}", "trainers/?all=1"),
    FIRM: ("dashboard", "assessment/", "assessment/{round}/results", "booking/new?module=1"),
    TRAINER: ("dashboard", "booking/"),
}  # fmt: skip
A_FIRM = """SELECT m.person_id, r.id FROM assessment_round r JOIN membership m ON m.organisation_id = r.enterprise_id
    JOIN enrolment e ON e.enterprise_id = r.enterprise_id
    WHERE r.state = 'submitted' AND r.module = 1 AND r.number = 1 AND e.state = 'approved' AND e.division_code LIKE '44%'
    AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.enterprise_id = r.enterprise_id) ORDER BY r.id LIMIT 1"""
A_TRAINER = """SELECT p.person_id FROM trainer_profile p JOIN organisation o ON o.id = p.institution_id
    WHERE o.scope = '44' ORDER BY p.id LIMIT 1"""


class Installed:
    """An installation of a size, and its people signed in."""

    clock = staticmethod(time.perf_counter)

    def __init__(self, folder: Path, address: str, enterprises: int):
        fresh = not (folder / "grown").exists()
        folder.mkdir(parents=True, exist_ok=True)
        self.app = (
            demo_app(str(folder), address) if fresh else create_app(SCORE_DATA_DIR=str(folder), DATABASE_URL=address, SCORE_ENV="demo")
        )
        with self.app.app_context():
            assert installation.mode_of_database() == "demo"
            if fresh:
                start = time.perf_counter()
                with in_bulk():
                    for line in grow(enterprises):
                        print(f"  {time.perf_counter() - start:6.0f} s  {line}", flush=True)
                    db.session.commit()
                print(f"  {time.perf_counter() - start:6.0f} s  stored", flush=True)
                (folder / "grown").touch()
            firm, self.round = db.session.execute(text(A_FIRM)).first()
            people = {FIRM: db.session.get(Person, firm), TRAINER: db.session.get(Person, db.session.scalar(text(A_TRAINER)))}
            people |= {email: person_by_email(email) for email in PAGES if "@" in email}
            self.clients = {who: Client(self.app).sign_in(person.email, PASSWORD).http for who, person in people.items()}
            self.rows = {
                name: db.session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("enrolment", "answer", "trainer_profile")
            }

    def address(self, who: str, path: str) -> str:
        """`NEXT` is the page after this one."""
        page = f"/zh/{path.removeprefix('NEXT ').format(round=self.round)}"
        if path.startswith("NEXT "):
            body = self.clients[who].get(page).get_data(as_text=True)
            before, found, _ = body.partition('rel="next"')
            page = body[len(before) :].partition('href="')[2].partition('"')[0].replace("&amp;", "&") if found else page
        return page

    def ask(self, who: str, address: str) -> float:
        start = self.clock()
        answer = self.clients[who].get(address)
        spent = (self.clock() - start) * 1000
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        text = answer.get_data(as_text=True)
        self.shown = sum(map(text.count, ("</tr>", "</li>", 'type="radio"')))
        return spent


def compare(small: Installed, large: Installed, rounds: int) -> list[dict]:
    found = []
    for who, paths in PAGES.items():
        for path in paths:
            places = [(one, one.address(who, path)) for one in (small, large)]
            spent = {id(one): [] for one, _ in places}
            for _ in range(WARM_UP + rounds):
                for one, address in places:
                    spent[id(one)].append(one.ask(who, address))
            row = {"who": who.partition("@")[0], "page": path}
            for name, one in (("small", small), ("large", large)):
                times = sorted(spent[id(one)][WARM_UP:])
                row |= {f"{name}_p50": statistics.median(times), f"{name}_p95": times[int(len(times) * 0.95)]}
            row["lines"] = [one.shown for one, _ in places]
            row |= {"ratio_p50": row["large_p50"] / row["small_p50"], "ratio_p95": row["large_p95"] / row["small_p95"]}
            found.append(row)
            print(LINE.format(**row), flush=True)
    return found


@contextlib.contextmanager
def addresses(engine: str, sizes: list[int]):
    if engine == "sqlite":
        yield {size: "" for size in sizes}
        return
    server = Postgres()
    try:
        for size in sizes:
            server.execute(f"CREATE DATABASE grown_{size}")
        yield {size: server.uri(f"grown_{size}") for size in sizes}
    finally:
        server.stop()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--enterprises", type=int, default=100_000)
    asked.add_argument("--small", type=int, default=1000)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked.add_argument("--rounds", type=int, default=40)
    asked.add_argument("--cpu", action="store_true", help="processor time instead of waiting time; for SQLite on a busy machine")
    asked.add_argument("--folder", type=Path, default=Path(".data/growth"))
    wanted, over, everything = asked.parse_args(), 0, {}
    if wanted.cpu:
        Installed.clock = staticmethod(time.process_time)
    for engine in wanted.engine or ("sqlite", "postgresql"):
        sizes = [wanted.small, wanted.enterprises]
        with addresses(engine, sizes) as uris:
            folders = {size: wanted.folder / f"{engine}-{size}" for size in sizes}
            if engine == "postgresql":
                for folder in folders.values():
                    (folder / "grown").unlink(missing_ok=True)
            small, large = (Installed(folders[size], uris[size], size) for size in sizes)
            gc.collect()
            gc.freeze()  # as the server does, see app.py: to look through all that is loaded takes a fifth of a second
            print(f"{engine}: {small.rows} and {large.rows}\n{'':86}{'p50':>7}{'p95':>7}{'p50':>8}{'p95':>7}{'ratio':>7}{'p95':>6}")
            everything[engine] = {"rows": [small.rows, large.rows], "pages": compare(small, large, wanted.rounds)}
        alike = [page for page in everything[engine]["pages"] if page["lines"][0] >= 0.9 * page["lines"][1]]
        over += sum(page["ratio_p95"] > LIMIT for page in alike)
    (wanted.folder / "growth.json").write_text(json.dumps(everything, indent=1))
    print(f"{over} pages are over {LIMIT} times; all figures are in {wanted.folder / 'growth.json'}")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
