"""Dies on purpose: a process that is gone before each statement that writes, before and after each commit, before each file operation.

Chance finds the dangerous moments rarely; here every one of them has its number. The children are forks: they share everything that
was loaded, and nothing that they change.
"""

import os
import pickle
import traceback
from dataclasses import dataclass

from sqlalchemy import event

from score_web.core.db import db
from tests.torture.server import Visitor

WRITES = ("INSERT", "UPDATE", "DELETE")
FILE_CALLS = ("open", "rename", "unlink", "mkdir", "fsync")
DEAD = 9


@dataclass(frozen=True)
class Outcome:
    """`died` at the point asked for, or went on to the end: there was no such point any more."""

    died: bool
    answer: object = None


def die_at(app, point: int, work) -> Outcome:
    """Do `work` in a process that dies at its n-th point; what it returned if it did not come so far."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_killed(app, point, work, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, DEAD), said.decode()[-3000:]
    return Outcome(code == DEAD, pickle.loads(said) if code == 0 else None)


def _be_killed(app, point: int, work, writer: int) -> None:
    try:
        with app.app_context():
            db.engine.dispose(close=False)
        _arm(app, point)
        answer = pickle.dumps(work())
        os.write(writer, answer)
        os._exit(0)
    except BaseException:
        os.write(writer, traceback.format_exc().encode()[-3000:])
        os._exit(1)


def _arm(app, point: int) -> None:
    passed = 0

    def at_point(*_arguments, **_more) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os._exit(DEAD)

    def at_statement(_connection, _cursor, statement, *_more) -> None:
        if statement.lstrip().startswith(WRITES):
            at_point()

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", at_statement)
        event.listen(db.engine, "commit", at_point)
        event.listen(db.session, "after_commit", at_point, insert=True)
    for name in FILE_CALLS:
        setattr(os, name, _before(at_point, getattr(os, name)))


def _before(at_point, call):
    def called(target, *arguments, **more):
        if isinstance(target, int) or "/files/" in str(target):
            at_point()
        return call(target, *arguments, **more)

    return called


class Inside(Visitor):
    """A browser without a network: the fork that asks is the server as well."""

    def __init__(self, app, email: str):
        super().__init__(email)
        self.http = app.test_client()

    def ask(self, url: str, form: dict | None = None, accept: str = "text/html", files: dict | None = None) -> tuple[int, bytes]:
        method = self.http.post if form else self.http.get
        data = {"data": form | (files or {})} if form else {}
        response = method(url, headers={"Accept": accept}, **data)
        return response.status_code, response.get_data()
