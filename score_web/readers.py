"""How does a page that only reads meet the database? On one connection that its first question takes, and that refuses writes.

Most such pages ask with prepared queries (core/reading.py) and need nothing of SQLAlchemy but its pool. Where one needs the ORM, the
session joins the reader on its connection.
"""

from functools import cached_property

from flask import Flask, current_app, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection


class Reader:
    """What one page reads on. To prepared queries it is what a Connection of SQLAlchemy would be: `dialect`, `connection` (that
    of the pool), `execute`, `invalidate`. `watched`: somebody listens to what is asked. `answers`: what was asked once already."""

    def __init__(self, engine: Engine):
        self.engine, self.dialect = engine, engine.dialect
        self.watched = bool(engine.dispatch.before_cursor_execute)
        self.answers: dict = {}
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise as_told(error, self.dialect) from error
        try:
            begin(self.connection, engine, reading=True)
        except DBAPIError:
            self.end()
            raise

    @cached_property
    def joined(self) -> Connection:
        """For the session: the same connection."""
        made = Connection(self.engine, connection=self.connection).execution_options(read_only=True)
        made.begin()
        return made

    def execute(self, *asked):
        return self.joined.execute(*asked)

    def invalidate(self, error: Exception) -> None:
        self.connection.invalidate(error)

    def end(self) -> None:
        """The pool rolls back what comes back to it."""
        self.connection.close()


def as_told(error: Exception, dialect: Dialect, statement: str | None = None, *, broken: bool = False) -> DBAPIError:
    """What the driver says, as SQLAlchemy tells it, without anybody's values. `broken`: the connection is gone."""
    return DBAPIError.instance(
        statement, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=broken, dialect=dialect
    )


def is_read_only() -> bool:
    return has_request_context() and g.get("read_only", False)


def begin(connection: PoolProxiedConnection, engine: Engine, *, reading: bool) -> None:
    """SQLite's writers queue up at BEGIN IMMEDIATE: a deferred lock would fail at the first write instead of waiting. psycopg begins by
    itself, except for readers: each of their questions is a transaction of its own, since one around them would show no other state
    of the data (READ COMMITTED), and beginning and ending it would take as long as two questions.

    A connection that reads has its writes refused by the database; it is told only when it was the other way before.
    """
    lite = engine.dialect.name == "sqlite"
    try:
        if connection.info.get("reading") is not reading:
            (_tell_sqlite if lite else _tell_postgresql)(connection.driver_connection, reading)
            connection.info["reading"] = reading
        if lite:
            connection.driver_connection.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    except engine.dialect.loaded_dbapi.Error as error:
        raise as_told(error, engine.dialect) from error


def _tell_sqlite(driver, reading: bool) -> None:
    driver.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")


def _tell_postgresql(driver, reading: bool) -> None:
    if current_app.config["DATABASE_POOLER"]:  # which keeps nothing of a connection from one transaction to the next
        driver.read_only = reading
    else:
        driver.autocommit = True
        driver.execute(f"SET default_transaction_read_only TO {'on' if reading else 'off'}")
        driver.autocommit = reading


def current(db: SQLAlchemy) -> Reader | None:
    """That of this page; begun by its first question. None for a request that may write."""
    here = g._get_current_object()
    if "reader" not in here and is_read_only():
        here.reader = Reader(db.engine)
    return here.get("reader")


def end(_error: BaseException | None = None) -> None:
    """Give the connection back; what is asked afterwards may have changed meanwhile."""
    open_one = g.pop("reader", None)
    if open_one is not None:
        open_one.end()


def init_app(app: Flask) -> None:
    """Called before the session's own end is registered: what is registered first is done last."""
    app.teardown_appcontext(end)
