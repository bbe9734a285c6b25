"""Starts PostgreSQL, two machines and nginx from Debian packages, and tries that they behave as one: who is signed in, who must
wait, jobs, uploads, what a client claims to be. Then measures one machine beside two, and restarts one after the other under load.
Exits non-zero when anything is lost, done twice or answered by an error.
"""

import argparse
import json
import secrets
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from sqlalchemy import func, text

from benchmarks.machines.load import Reader, Saver, work
from benchmarks.machines.parts import Database, Nginx, PostOffice, install
from benchmarks.measure import machine
from score_web import create_app
from score_web.accounts.models import Person, Throttle
from score_web.assessment import questionnaire
from score_web.core import clock
from score_web.core.cli import prepare_database
from score_web.core.db import db
from score_web.core.mail import Message
from tests.assessment.filling import make_filling
from tests.assessment.proofs import photo
from tests.factories import make_person
from tests.machines import Machine, cookies_of, send_photo, wrong_sign_ins
from tests.torture import Filler, Visitor, hidden

FRONT, PORTS = 5080, [5081, 5082]
RESULTS = Path(__file__).with_name("results.json")
MAILS = 60


class Site:
    """Everything together. `front` is the one address that people know."""

    def __init__(self, folder: Path, stack: ExitStack):
        self.database = Database(folder)
        self.database.start()
        stack.callback(self.database.stop)
        self.post = stack.enter_context(PostOffice())
        self.settings = {
            "DATABASE_URL": self.database.address, "SECRET_KEY": secrets.token_urlsafe(48), "SCORE_DATA_DIR": str(folder / "data"),
            "SCORE_ENV": "demo", "SMTP_URL": f"smtp://127.0.0.1:{self.post.port}",
        }  # fmt: skip
        self.app = create_app(**self.settings)
        with self.app.app_context():
            prepare_database()
            filling = make_filling()
            self.emails, self.path = filling.emails, filling.path
            self.guessed = [make_person().email for _ in range(3)]
            db.session.commit()
        self.machines = [Machine(self.settings | {"PROXY_HOPS": "1"}, folder / f"{port}.log", port=port) for port in PORTS]
        for one in self.machines:
            stack.callback(one.kill)
        with ThreadPoolExecutor() as pool:
            list(pool.map(Machine.start, self.machines))
        self.nginx = Nginx(folder, FRONT, PORTS)
        self.nginx.start()
        stack.callback(self.nginx.stop)
        self.front = f"http://127.0.0.1:{FRONT}"

    def people(self, number: int) -> tuple[list[Reader], list[Saver]]:
        """Readers and savers, each saver with a theme of its own."""
        themes = questionnaire.module(1).themes
        fillers = [Filler(self.emails[n % 2], self.path, themes[n % len(themes)], script=True) for n in range(min(number, len(themes)))]
        for filler in fillers:
            filler.sign_in(self.front)
            filler.look(self.front)
        cookie = cookies_of(fillers[0])
        return [Reader(FRONT, fillers[0].path, cookie) for _ in range(number)], [Saver(filler, self.front) for filler in fillers]

    def rows(self, statement):
        with self.app.app_context():
            return db.session.scalar(statement)


def signed_in_everywhere(site: Site) -> None:
    """In at one, known at the other; suspended in the database, out at both with the next request."""
    first, second = (one.address for one in site.machines)
    visitor = Visitor(site.emails[1])
    visitor.sign_in(first)
    assert visitor.ask(f"{second}/en/dashboard")[0] == 200
    for suspended, status in ((clock.now(), 303), (None, 303)):
        with site.app.app_context():
            db.session.execute(db.update(Person).where(Person.email == site.emails[1]).values(suspended_at=suspended))
            db.session.commit()
        assert visitor.ask(f"{first}/en/dashboard")[0] == visitor.ask(f"{second}/en/dashboard")[0] == (status if suspended else 200)


def tries_counted_together(site: Site) -> None:
    alone, together, _ = site.guessed
    addresses = [one.address for one in site.machines]
    assert wrong_sign_ins(addresses[:1], alone) == wrong_sign_ins(addresses, together)


def claims_are_worth_nothing(site: Site) -> None:
    """Each try claims another address: nginx writes over it, so that all count for the one they come from."""
    before, claimed = site.rows(db.select(func.count()).select_from(Throttle)), []
    for number in range(3):
        visitor = Visitor(site.guessed[2])
        _, page = visitor.ask(f"{site.front}/en/accounts/sign-in")
        visitor.http.addheaders = [("X-Forwarded-For", f"198.51.100.{number}"), ("X-Forwarded-Host", "evil.example")]
        form = {"csrf_token": hidden(page)["csrf_token"], "email": visitor.email, "password": "wrong"}
        claimed.append(visitor.ask(f"{site.front}/en/accounts/sign-in", form)[0])
    more = site.rows(db.select(func.count()).select_from(Throttle)) - before
    assert more <= 2, f"{more} addresses were believed"
    visitor = Visitor("")
    visitor.http.addheaders = [("X-Forwarded-Host", "evil.example")]
    assert b"evil.example" not in visitor.ask(f"{site.front}/zh/no-such-page")[1]


def uploads_shared(site: Site) -> None:
    first, second = (one.address for one in site.machines)
    visitor = Visitor(site.emails[0])
    visitor.sign_in(first)
    statement = next(s.id for s in questionnaire.module(1).statements if s.evidence)
    page = f"{site.path}/evidence/{statement}"
    assert send_photo(visitor, first + page, photo()) == 303
    number = site.rows(text("SELECT max(id) FROM evidence"))
    status, picture = visitor.ask(f"{second}/en/assessment/evidence/{number}/file")
    assert (status, picture[:2]) == (200, b"\xff\xd8")


def jobs_once(site: Site) -> None:
    """Mail that waits: both machines look for it, each goes out once."""
    with site.app.app_context():
        for number in range(MAILS):
            words = {"subject_zh": f"mail {number}", "subject_en": f"mail {number}", "body_zh": "正文", "body_en": "text"}
            db.session.add(Message(address=f"a{number}@example.com", language="en", **words))
        db.session.commit()
    waiting = db.select(func.count()).select_from(Message).where(Message.sent_at.is_(None))
    until = clock.now().timestamp() + 240
    while site.rows(waiting) and clock.now().timestamp() < until:
        Event().wait(1)
    ours = {subject: times for subject, times in site.post.subjects.items() if subject.startswith("mail ")}
    assert len(ours) == MAILS, f"{len(ours)} of {MAILS} went out"
    assert set(ours.values()) == {1}, "a mail went out twice"


PROOFS = [signed_in_everywhere, tries_counted_together, claims_are_worth_nothing, uploads_shared, jobs_once]


def measured(site: Site, seconds: float, rounds: int) -> dict:
    """One machine beside two, in turn, so that busy neighbours disturb both alike; the medians."""
    found = {"one": [], "two": []}
    readers, savers = site.people(4)
    for _ in range(rounds):
        for name, out in (("one", PORTS[1:]), ("two", [])):
            site.nginx.leave_out(*out)
            for reader in readers:
                reader.line = None  # nginx with a new configuration closes the connections of the old one
            reading, _ = work(readers, [], Event(), seconds)
            _, saving = work([], savers, Event(), seconds)
            assert not reading.errors + saving.errors, (reading.errors + saving.errors)[:5]
            found[name].append({"pages": reading.figures, "saves": saving.figures})
    site.nginx.leave_out()
    return {name: {kind: {figure: statistics.median(run[kind][figure] for run in runs) for figure in runs[0][kind]}
                   for kind in ("pages", "saves")} for name, runs in found.items()}


def restarted(site: Site, times: int) -> dict:
    """One after the other, again and again, while people read and save; nothing is tried again."""
    readers, savers = site.people(4)
    stop, took = Event(), []
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, readers, savers, stop)
        try:
            Event().wait(2)
            for number in range(times):
                one = site.machines[number % 2]
                down = one.stop()
                one.start()
                took.append(down)
                Event().wait(1)
        finally:
            stop.set()
        reading, saving = working.result()
    for saver in savers:
        saver.filler.look(site.front)  # shows what was confirmed last
        assert saver.filler.saves > 0
    return {"restarts": times, "seconds_to_stop": round(max(took), 1), "pages": reading.figures, "saves": saving.figures,
            "errors": (reading.errors + saving.errors)[:20]}


def tell(found: dict) -> None:
    for name in ("one", "two"):
        for kind, figures in found[name].items():
            print(f"{name + ' behind nginx':<18}{kind:<7}{figures['per_second']:>7.1f}/s   p50 {figures['p50_ms']:.1f} ms   "
                  f"p95 {figures['p95_ms']:.1f} ms")
    rolling = found["restarts"]
    print(f"{rolling['restarts']} restarts under load, each stopped within {rolling['seconds_to_stop']} s: "
          f"{rolling['pages']['number']} pages, {rolling['pages']['errors']} errors; {rolling['saves']['number']} saves, "
          f"{rolling['saves']['errors']} errors, none lost; longest wait {rolling['pages']['longest_ms']:.0f} / "
          f"{rolling['saves']['longest_ms']:.0f} ms")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=5, help="of each measurement")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--restarts", type=int, default=10)
    wanted = asked.parse_args()
    install()
    with tempfile.TemporaryDirectory(prefix="score-machines-") as place, ExitStack() as stack:
        Path(place).chmod(0o755)
        site = Site(Path(place), stack)
        where = f"{machine()}, PostgreSQL {site.database.version}"
        print(where)
        for proof in PROOFS:
            proof(site)
            print(f"as one: {proof.__name__.replace('_', ' ')}", flush=True)
        found = {"machine": where} | measured(site, wanted.seconds, wanted.rounds)
        found["restarts"] = restarted(site, wanted.restarts)
        with site.app.app_context():
            db.session.remove()
            db.engine.dispose()
    tell(found)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for error in found["restarts"]["errors"]:
        print(error)
    return int(bool(found["restarts"]["errors"]))


if __name__ == "__main__":
    sys.exit(main())
