"""How many times the time of a floor do the busiest pages and saves take, in one process? The quick lane of `make bench`.

See floor.py for what the floor does. Exits non-zero when a ratio is beyond the very most that we allow.
"""

import argparse
import sys
import tempfile

from argon2 import PasswordHasher

from benchmarks import floor
from benchmarks.measure import Limit, Row, compared, machine, paired, told
from benchmarks.subject import Asked, Subject

ROUNDS = 60
PAGE, READ = Limit(2.5, 3.5), Limit(5, 5)
SAVE_WALL, SAVE_CPU = Limit(2.5, 3.5), Limit(4, 5)
SIGN_IN = Limit(1.11, 1.25)  # Argon2 alone is 0.9 of it
JSON = "application/json"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    rounds, where = asked.parse_args().rounds, machine()
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(folder)
        bare = Asked(floor.build(subject.recorded()), subject.cookie)
        rows = [*pages(subject, bare, rounds), *saves(subject, bare, rounds), *sign_ins(subject, rounds // 3)]
    return int(told(rows, where, "in one process") > 0)


def pages(subject: Subject, bare: Asked, rounds: int) -> list[Row]:
    """Judged by CPU time: a page waits for nothing, and on a busy machine what takes longer is also interrupted more often."""
    rows = []
    for name, limit in (("theme", PAGE), ("dashboard", READ), ("results", READ)):
        path = subject.pages[name]
        wall, cpu = paired(lambda path=path: _seen(subject.asked(path), 200), lambda path=path: _seen(bare(path), 200), rounds)
        rows += [compared(f"{name} shown", "SQLite", "ms", wall), compared(f"{name} shown, CPU", "SQLite", "ms", cpu, limit)]
    return rows


def saves(subject: Subject, bare: Asked, rounds: int) -> list[Row]:
    """Both sides get forms that change every answer; ours carry the seals of the page, for it compares them."""
    rows, path = [], subject.pages["theme"]
    for name, accept, status in (("theme", "text/html", 303), ("answer", JSON, 200)):
        subject.seals()
        form = subject.forms[name]
        same = form.next()
        subject.seals()
        wall, cpu = paired(
            lambda form=form, accept=accept, status=status: _seen(subject.asked(path, form.next(), accept), status),
            lambda same=same, accept=accept, status=status: _seen(bare(path, same, accept), status), rounds)
        rows += [compared(f"{name} saved", "SQLite", "ms", wall, SAVE_WALL), compared(f"{name} saved, CPU", "SQLite", "ms", cpu, SAVE_CPU)]
    return rows


def sign_ins(subject: Subject, rounds: int) -> list[Row]:
    """Beside nothing but the check of the password. On a new device a notice is written as well; on a known one an earlier sign-in ends."""
    hasher = PasswordHasher(**subject.app.config["ARGON2"])
    stored = hasher.hash(subject.password)
    rows = []
    for device in ("new", "known"):
        form = subject.sign_in_form(known=device == "known")
        wall, cpu = paired(lambda form=form: _seen(form(), 303), lambda: hasher.verify(stored, subject.password), rounds, each=1)
        name = f"sign-in, {device} device, to Argon2"
        rows += [compared(name, "SQLite", "ms", wall, SIGN_IN), compared(f"{name}, CPU", "SQLite", "ms", cpu)]
    return rows


def _seen(answer, status: int) -> None:
    assert answer.status == status, answer.status


if __name__ == "__main__":
    sys.exit(main())
