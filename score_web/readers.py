"""How does a page that only reads meet the database? In one read-only transaction, on a connection that its first question takes.

Most such pages ask with prepared queries (core/reading.py) and need no session of the ORM, whose opening and closing take as long as
three questions. Where one does need it, the session joins this transaction: all of a page comes from one state of the data.
"""

from contextlib import suppress

from flask import Flask, g, has_request_context
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError


class Reader:
    """The transaction of one page: its connection, whether somebody listens to what is asked, and what was answered already."""

    def __init__(self, engine: Engine):
        self.watched = bool(engine.dispatch.before_cursor_execute)
        self.answers: dict = {}
        self.connection: Connection = _read_only(engine).connect()
        self.connection.begin()


def is_read_only() -> bool:
    return has_request_context() and g.get("read_only", False)


def current() -> Reader | None:
    return g.get("reader")


def begin(engine: Engine) -> Reader:
    g.reader = Reader(engine)
    return g.reader


def end(_error: BaseException | None = None) -> None:
    """Give the connection back; what is asked afterwards may have changed meanwhile. One that broke is thrown away."""
    open_one = g.pop("reader", None)
    if open_one is not None:
        with suppress(DBAPIError):
            open_one.connection.close()


def init_app(app: Flask) -> None:
    """Called before the session's own end is registered: what is registered first is done last."""
    app.teardown_appcontext(end)


def _read_only(engine: Engine) -> Engine:
    """The same engine and pool; its transactions refuse to write."""
    readers = engine.dialect.__dict__.setdefault("_score_readers", {})
    if engine not in readers:
        readers[engine] = engine.execution_options(read_only=True, postgresql_readonly=True)
    return readers[engine]
