"""How is written what every sign-in and every save writes? By statements that were put together once, straight at the driver.

The way of core/reading.py for INSERT, UPDATE and DELETE: no objects and no unit of work, in a tenth of their time. What the session
has not flushed yet stays there: who hands over the number of a row has it from a flush.
"""

from functools import lru_cache

from sqlalchemy import Insert, bindparam, insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.dml import UpdateBase

from score_web.core.db import WRITTEN, Base, db
from score_web.core.reading import prepared, sent, transaction
from score_web.transactions import Transaction


def insert_of(model: type[Base], *names: str, insert=insert) -> Insert:
    """A new row that says this; what its table gives by itself (`default`) is added when it is written. `insert` as one engine has it
    (INSERTS) knows what to do about a row that is there already."""
    return insert(model.__table__).values({name: bindparam(name) for name in names})


def write(statement: UpdateBase, **values) -> list:
    """Send a statement that was put together once, with `bindparam`s for `values`; the rows that its RETURNING tells."""
    connection, watched = _writing()
    if watched:
        found = connection.execute(statement, values)
        return found.all() if found.returns_rows else []
    told = prepared(statement, connection.dialect)
    return sent(connection, told, told.values(_defaults(statement, connection.dialect) | values))


def write_all(statement: UpdateBase, rows: list[dict]) -> None:
    """The same once for each of these, in their order."""
    connection, watched = _writing()
    if watched:
        connection.execute(statement, rows)
    else:
        told, more = prepared(statement, connection.dialect), _defaults(statement, connection.dialect)
        sent(connection, told, [told.values(more | row) for row in rows], many=True)


def _writing() -> tuple[Connection | Transaction, bool]:
    """The open transaction; `let_go` must not throw it away from now on."""
    db.session().info[WRITTEN] = True
    return transaction(flush=False)


def _defaults(statement: UpdateBase, dialect: Dialect) -> dict:
    """What a new row says besides."""
    return {name: default(None) for name, default in _of_table(statement, dialect)}


@lru_cache(maxsize=256)
def _of_table(statement: UpdateBase, dialect: Dialect) -> list:
    columns = [(column.key, column.default) for column in statement.compile(dialect=dialect).insert_prefetch]
    return [(name, one.arg if one.is_callable else lambda _context, value=one.arg: value) for name, one in columns]
