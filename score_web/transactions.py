"""How does a request meet the database? In one transaction on one connection, which its first question takes; reading pages cannot write.

Most ask with prepared queries (core/reading.py, core/writing.py) and need nothing of SQLAlchemy but its pool. Where one needs the ORM,
the session joins the transaction on its connection. Jobs and commands have no request: there the session begins by itself.
"""

from functools import cached_property

from flask import Flask, current_app, g, has_app_context, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection


class Transaction:
    """That of one request. To prepared queries it is what a Connection of SQLAlchemy would be: `dialect`, `connection` (that
    of the pool), `execute`, `invalidate`. `watched`: somebody listens to what is asked. `answers`: what a page that reads has asked
    already."""

    def __init__(self, engine: Engine, *, reading: bool):
        self.engine, self.dialect, self.reading = engine, engine.dialect, reading
        self.watched = bool(engine.dispatch.before_cursor_execute)
        self.answers: dict = {}
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise as_told(error, self.dialect) from error
        try:
            begin(self.connection, engine, reading=reading)
        except DBAPIError:
            self.end()
            raise

    @cached_property
    def joined(self) -> Connection:
        """For the session: the same connection. Where it may write it begins and commits there as on every other."""
        made = Connection(self.engine, connection=self.connection).execution_options(joined=True)
        if self.reading:
            made.begin()
        return made

    def execute(self, *asked):
        return self.joined.execute(*asked)

    def invalidate(self, error: Exception) -> None:
        self.connection.invalidate(error)

    def commit(self) -> None:
        """For what was written past the session; what the session wrote it commits itself."""
        try:
            self.connection.commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise told(error, self) from error

    def end(self) -> None:
        """The pool rolls back what comes back to it."""
        self.connection.close()


def told(error: Exception, connection: Connection | Transaction, cursor=None, statement: str | None = None) -> DBAPIError:
    """A connection that broke is thrown away, and with it those that rest: the database was away, so they broke too."""
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if broken:
        connection.invalidate(error)
        connection.engine.dispose()
    return as_told(error, dialect, statement, broken=broken)


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


def current(db: SQLAlchemy) -> Transaction | None:
    """That of this request; begun by its first question. None where there is no request."""
    here = g._get_current_object()
    if "transaction" not in here and has_request_context():
        here.transaction = Transaction(db.engine, reading=is_read_only())
    return here.get("transaction")


def opened() -> Transaction | None:
    """The same, if there has been a question."""
    return g.get("transaction") if has_app_context() else None


def end(_error: BaseException | None = None) -> None:
    """Give the connection back; what is asked afterwards may have changed meanwhile."""
    if opened():
        g.pop("transaction").end()


def init_app(app: Flask) -> None:
    """Called before the session's own end is registered: what is registered first is done last."""
    app.teardown_appcontext(end)
