"""What is kept beside the records so that long lists stay quick, and does it still agree with them?

A rollup is a table of rows that follow from the records of an owner (an enrolment, a person, an enterprise): which rows, only
its `truth` says. Whoever changes a record need not know of it: the session notes which owners a flush touched, and just before
the commit their rows are worked out anew and the differences written, in the same transaction. Owners are locked in the order of
their ids first, and nothing is locked after: two who change the same owner come one after the other, and nobody waits in a circle.
`flask rollups verify` works everything out again and names what differs; `flask rollups rebuild` puts it right.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import bindparam, delete, event, func, insert, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import ColumnElement

from score_web.core.db import db

CHUNK = 2000
SHOWN = 20
commands = AppGroup("rollups", help="What is kept beside the records so that long lists stay quick.")
Among = Callable[[ColumnElement], ColumnElement]  # a condition on the column of the owner
PENDING = "rollups"


@dataclass(frozen=True)
class Rollup:
    """`truth(among)` gives the rows as they should be, in the order of `columns`, whose first is the owner. `fixed` are values that all
    rows of this rollup have. Where the rows are added
    up in turn, `changed(gone, come)` passes the differences on, `sums_differ` compares the sums with the rows and `mend` adds up anew."""

    name: str
    model: type
    owner: type
    columns: tuple[str, ...]
    truth: Callable[[Among], Iterable[tuple]]
    fixed: dict = field(default_factory=dict)
    changed: Callable[[set, set], None] = lambda gone, come: None
    sums_differ: Callable[[], Iterable[str]] = lambda: ()
    mend: Callable[[], None] = lambda: None

    def stored(self, among: Among) -> set[tuple]:
        columns = [getattr(self.model, name) for name in self.columns]
        return set(map(tuple, db.session.execute(select(*columns).where(*self.own, among(columns[0])))))

    @property
    def own(self) -> list[ColumnElement]:
        return [getattr(self.model, name) == value for name, value in self.fixed.items()]


class Follow(NamedTuple):
    """When one of `columns` of a `model` changes, or a row comes or goes, the owners of `owners(row)` are worked out anew."""

    rollup: str
    columns: tuple[str, ...]
    owners: Callable[[object], Iterable[int]]


ROLLUPS: dict[str, Rollup] = {}
_follows: dict[type, list[Follow]] = {}


def register(rollup: Rollup, *follows: tuple[type, tuple[str, ...], Callable]) -> None:
    ROLLUPS[rollup.name] = rollup
    for model, columns, owners in follows:
        _follows.setdefault(model, []).append(Follow(rollup.name, columns, owners))


def touch(name: str, ids: Iterable[int]) -> None:
    """For changes that no object of the session saw, such as an UPDATE of many rows."""
    db.session.info.setdefault(PENDING, {}).setdefault(name, set()).update(ids)


def settle() -> None:
    """Bring the rows of all owners that were touched up to date. Happens before each commit; a reader that wants to see what its own
    transaction did asks for it."""
    if not db.session.info.get(PENDING):
        return
    db.session.flush()
    pending = [(ROLLUPS[name], sorted(ids - {None})) for name, ids in sorted(db.session.info.pop(PENDING).items()) if ids - {None}]
    for rollup, ids in pending:
        _lock(rollup, ids)
    for rollup, ids in pending:
        refresh(rollup, lambda column, ids=ids: column.in_(ids))


def _lock(rollup: Rollup, ids: list[int]) -> None:
    owner = rollup.owner.__table__.c.id
    db.session.execute(select(owner).where(owner.in_(ids)).order_by(owner).with_for_update(key_share=True)).all()


def refresh(rollup: Rollup, among: Among) -> tuple[set, set]:
    """Write the differences; what was there too much and what was missing."""
    stored, truth = rollup.stored(among), set(rollup.truth(among))
    gone, come = stored - truth, truth - stored
    if gone:
        table = rollup.model.__table__
        same = [table.c[name] == bindparam(f"old_{name}") for name in (*rollup.fixed, *rollup.columns)]
        rows = [{f"old_{name}": value for name, value in row.items()} for row in _named(rollup, gone)]
        db.session.execute(delete(table).where(*same), rows)
    if come:
        db.session.execute(insert(rollup.model.__table__), _named(rollup, come))
    if gone or come:
        rollup.changed(gone, come)
    return gone, come


def _named(rollup: Rollup, rows: set[tuple]) -> list[dict]:
    return [rollup.fixed | dict(zip(rollup.columns, row, strict=True)) for row in sorted(rows)]


def chunks(rollup: Rollup, begin: int = 0) -> Iterable[Among]:
    """All owners from that number on, and all rows whose owner is gone, in pieces."""
    owners = [getattr(rollup.model, rollup.columns[0]), rollup.owner.id]
    last = max(db.session.scalar(select(func.max(column))) or 0 for column in owners)
    for first in range(begin, last + 1, CHUNK):
        yield lambda column, first=first: column.between(first, first + CHUNK - 1)


def differences(rollup: Rollup) -> Iterable[str]:
    """What is stored against what should be, in words of a log."""
    for among in chunks(rollup):
        stored, truth = rollup.stored(among), set(rollup.truth(among))
        yield from (f"{rollup.name}: {word} {row}" for word, rows in (("too much", stored - truth), ("missing", truth - stored))
                    for row in sorted(rows))
    yield from (f"{rollup.name}: {line}" for line in rollup.sums_differ())


@commands.command("verify")
def verify_command() -> None:
    """Work everything out again and compare; what differs is listed, and the command fails."""
    wrong = 0
    for rollup in ROLLUPS.values():
        _look_at_one_moment()
        for line in differences(rollup):
            wrong += 1
            if wrong <= SHOWN:
                click.echo(line)
        db.session.rollback()
    if wrong:
        raise click.ClickException(f"{wrong} rows differ; put them right with: flask rollups rebuild")
    click.echo(f"{', '.join(ROLLUPS)}: all rows agree with the records")


def _look_at_one_moment() -> None:
    """What people do meanwhile is no difference."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


@commands.command("rebuild")
def rebuild_command() -> None:
    """Work everything out again and write what differs; people may go on working meanwhile."""
    for rollup in ROLLUPS.values():
        changed = 0
        for among in chunks(rollup):
            ids = db.session.scalars(select(rollup.owner.id).where(among(rollup.owner.id))).all()
            _lock(rollup, ids)
            changed += sum(map(len, refresh(rollup, among)))
            db.session.commit()
        rollup.mend()
        db.session.commit()
        click.echo(f"{rollup.name}: {changed} rows changed")


def _note(session: Session, _context) -> None:
    for rows, whole in ((session.new, True), (session.deleted, True), (session.dirty, False)):
        for row in rows:
            for follow in _follows.get(type(row), ()):
                if whole or _has_changed(row, follow.columns):
                    touch(follow.rollup, follow.owners(row))


def _note_many(state: ORMExecuteState) -> None:
    """An UPDATE or DELETE of many rows touches the owners that those rows have before it; whom they get by it is said with `touch`."""
    follows = _follows.get(state.bind_mapper.class_, ()) if (state.is_update or state.is_delete) and state.bind_mapper else ()
    if state.is_update:
        written = {getattr(column, "key", column) for column in state.statement._values or ()}
        follows = [follow for follow in follows if written.intersection(follow.columns)]
    if follows:
        rows = state.session.scalars(select(state.bind_mapper.class_).where(*state.statement._where_criteria)).all()
        for follow in follows:
            for row in rows:
                touch(follow.rollup, follow.owners(row))


def _has_changed(row, columns: tuple[str, ...]) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in columns)


def _before_commit(_session: Session) -> None:
    db.session.flush()
    settle()


def _forget(session: Session, *_transaction) -> None:
    session.info.pop(PENDING, None)


# Once a process, however many applications it makes: the session is one for all of them.
event.listen(db.session, "after_flush", _note)
event.listen(db.session, "do_orm_execute", _note_many)
event.listen(db.session, "before_commit", _before_commit)
event.listen(db.session, "after_soft_rollback", _forget)


def init_app(app: Flask) -> None:
    app.cli.add_command(commands)
