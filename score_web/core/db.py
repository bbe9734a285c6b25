"""How do rows meet both engines the same way? Pragmas, explicit BEGIN, aware times, and a transaction one may let go."""

import math
import time
from datetime import UTC, datetime
from functools import partial
from importlib import import_module

from sqlalchemy import DateTime, Index, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.types import TypeDecorator

from score_web import transactions
from score_web.core import clock, turns
from score_web.extensions import WRITTEN, Base, db

__all__ = ["Base", "UtcDateTime", "db", "empty_log", "init_app", "insert_once", "let_go", "some_rows", "utc_now"]
AT_REST = 1  # second; beyond it a connection is asked whether it is still there


class _Inserts(dict):
    """By the name of the engine. What the other engine says is not loaded: PostgreSQL's part of SQLAlchemy is large."""

    def __missing__(self, engine: str):
        self[engine] = import_module(f"sqlalchemy.dialects.{engine}").insert
        return self[engine]


INSERTS = _Inserts()


def some_rows(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which `where` holds. Migrations read it (migrations/env.py); said in the words of both engines, as
    SQLAlchemy has it, it would load both at every start."""
    return Index(name, *columns, unique=unique, info={"where": where})


class UtcDateTime(TypeDecorator):
    """Aware in, aware out, UTC in between: SQLite forgets time zones, so we put it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is not None and value.tzinfo is None:
            raise ValueError("times are stored aware: use core.clock")
        return value.astimezone(UTC) if value is not None else None

    def result_processor(self, dialect, coltype):
        """Without the detour of `process_result_value`: pages read hundreds of times. SQLite keeps text; psycopg's times are aware."""
        if dialect.name == "sqlite":
            return lambda value: value and datetime.fromisoformat(value + "+00:00")
        return None


def utc_now() -> datetime:
    """Default for columns; goes through the one clock."""
    return clock.now()


def let_go() -> None:
    """End the transaction and the turn before slow work (password hash, mail), so that nobody waits for it.

    Raises RuntimeError if something is pending, or was written past the session (core/writing.py): it would be lost.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted or WRITTEN in session.info:
        raise RuntimeError("let_go() with changes pending")
    db.session.rollback()
    turns.pass_on()


def insert_once(model):
    """An INSERT that leaves a row with the same key as it is; `.returning(…)` tells whether it wrote."""
    return INSERTS[db.engine.dialect.name](model.__table__).on_conflict_do_nothing()


def empty_log() -> None:
    """SQLite's write-ahead log keeps what was erased until it is written over: empty it. PostgreSQL: see docs/architecture.md."""
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def init_app(app) -> None:
    with app.app_context():
        _prepare(db.engine)
        turns.init_app(app, one_by_one=db.engine.dialect.name == "sqlite")


def _prepare(engine: Engine) -> None:
    event.listen(engine, "begin", _begin)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
    else:
        event.listen(engine, "checkin", _note_time)
        event.listen(engine, "checkout", partial(_look_after_a_while, engine))


def _sqlite_pragmas(connection, _record) -> None:
    connection.isolation_level = None
    # secure_delete: what is erased is overwritten in the file; workers' answers rely on it
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection) -> None:
    """Where the session has joined a request's transaction that is begun already."""
    options = connection.get_execution_options()
    if not options.get("joined"):
        transactions.begin(connection.connection, connection.engine, reading=bool(options.get("read_only")))


def _note_time(_driver, record) -> None:
    record.info["back"] = time.monotonic()


def _look_after_a_while(engine: Engine, driver, record, _proxy) -> None:
    """Is it still there? After a restart of the database it is not: the pool then takes another. Not asked of what was in use a moment
    ago: it would cost every page a question."""
    if time.monotonic() - record.info.get("back", math.inf) > AT_REST:
        try:
            engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the connection is gone") from error


def _refuse_writes_of_readers(session, _context, _instances) -> None:
    if transactions.is_read_only() and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a GET request tried to write")


event.listen(db.session, "before_flush", _refuse_writes_of_readers)
