"""How are pages that everybody opens read? By queries that are put together once, straight at the driver, each asked once a page."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, wraps

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.dml import UpdateBase

from score_web import transactions
from score_web.extensions import Base, db
from score_web.transactions import Transaction


@dataclass
class _Prepared:
    """A statement as one engine is asked it: its text, the values that are always the same, and how values go in and come out."""

    text: str
    fixed: dict
    names: Sequence[str] | None  # in the order of the question marks; None: by name
    ingoing: dict[str, Callable]
    row: type
    outgoing: list[tuple[int, Callable]]

    def values(self, given: dict) -> dict | list:
        known = self.fixed | given
        for name, change in self.ingoing.items():
            known[name] = change(known[name])
        return known if self.names is None else [known[name] for name in self.names]

    def rows(self, found: list[tuple]) -> list:
        """Values are changed column by column: `map` does that without a step of Python for each."""
        if found and self.outgoing:
            columns = list(zip(*found, strict=True))
            for place, change in self.outgoing:
                columns[place] = map(change, columns[place])
            found = zip(*columns, strict=True)
        return list(map(self.row._make, found))


@lru_cache(maxsize=256)
def prepared(statement: Select | UpdateBase, dialect: Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    columns = list(statement.exported_columns)
    changes = [(place, column.type.dialect_impl(dialect).result_processor(dialect, None)) for place, column in enumerate(columns)]
    ingoing = {compiled.bind_names[bind]: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in compiled.bind_names}
    return _Prepared(
        str(compiled), dict(compiled.params), compiled.positiontup, {name: change for name, change in ingoing.items() if change},
        namedtuple("Row", [column.key for column in columns]), [(place, change) for place, change in changes if change],
    )


def read(query: Select, **values) -> list:
    """The rows of a query that was put together once, when its module was loaded, with `bindparam`s for `values`. Pages that
    everybody opens read so: no objects, and the driver is asked at once. What was only added to the session counts too."""
    connection, watched = transaction()
    if watched:
        return connection.execute(query, values).all()
    asked = prepared(query, connection.dialect)
    return sent(connection, asked, asked.values(values))


def sent(connection: Connection | Transaction, asked: _Prepared, values, many: bool = False) -> list:
    """The rows that come back, if any do."""
    cursor = _cursor(connection, asked)
    try:
        (cursor.executemany if many else cursor.execute)(asked.text, values)
        return asked.rows(cursor.fetchall()) if asked.row._fields else []
    except connection.dialect.dbapi.Error as error:
        raise transactions.told(error, connection, cursor, asked.text) from error


def _cursor(connection: Connection | Transaction, asked: _Prepared):
    """psycopg knows again how the values of a statement go in and come out while the same cursor is asked it: each connection keeps
    one for each. For SQLite a new one costs nothing."""
    driver = connection.connection
    if asked.names is not None:
        return driver.cursor()
    known = driver.info.setdefault("cursors", {})
    if asked.text not in known:
        known[asked.text] = driver.cursor()
    return known[asked.text]


def transaction(flush: bool = True) -> tuple[Connection | Transaction, bool]:
    """The open one, and whether somebody counts or logs what is asked in it. What the session has pending is written first."""
    open_one = transactions.current(db)
    if open_one and open_one.reading:
        return open_one, open_one.watched
    session = db.session()
    if flush:
        session.flush()
    if open_one and not open_one.watched:
        return open_one, False
    connection = session.connection()
    return connection, bool(connection.engine.dispatch.before_cursor_execute)


def once(ask: Callable) -> Callable:
    """A question that several parts of a page ask. Where nobody can write, the answer stays the same until the transaction ends: it
    is kept as long, and whoever asks again has it without the database."""

    @wraps(ask)
    def answer(*about):
        open_one = transactions.current(db)
        if not (open_one and open_one.reading):
            return ask(*about)
        known = open_one.answers
        if (ask, *about) not in known:
            known[ask, *about] = ask(*about)
        return known[ask, *about]

    return answer


def all_of(model: type[Base]) -> Select:
    """For `records`: everything that a row says, to be narrowed down with `bindparam`s."""
    return select(*(getattr(model, one.key) for one in inspect(model).column_attrs))


def records(model: type[Base], query: Select, **values) -> list:
    """The objects of a query made with `all_of`, as `db.session.scalars` would bring them, but read like everything that is read
    often: what the session has already stays, the rest become objects of the session with what their rows say."""
    (key,), rows = _key(model), read(query, **values)
    session = db.session()
    return [_record(session, model, getattr(row, key), row) for row in rows]


@once
def find(model: type[Base], number: int) -> Base | None:
    """The same as `db.session.get`, in a tenth of its time."""
    if db.session.identity_map.get(_identity(model, number)) is not None:
        return db.session.get(model, number)
    return next(iter(records(model, _by_id(model), id=number)), None)


def lock_row(record: Base, how: dict | None = None) -> None:
    """Read the row again under its lock; `how` as in SQLAlchemy's `with_for_update`.

    Raises StaleDataError when the row is gone meanwhile, as for one that changed meanwhile.
    """
    if _stands(record):
        return
    rows = read(_locking(type(record), tuple((how or {}).items())), id=inspect(record).identity[0])
    if not rows:
        raise StaleDataError(f"{record.__tablename__} is gone")
    known = record.__dict__
    for name, value in rows[0]._asdict().items():
        if name not in known or known[name] != value:
            set_committed_value(record, name, value)


def _stands(record: Base) -> bool:
    """On SQLite a request that may write lets no other in: what was read in it (and nobody has been told to read anew) stays."""
    open_one, state = transactions.opened(), instance_state(record)
    return bool(open_one) and open_one.dialect.name == "sqlite" and state.persistent and not state.expired_attributes


@cache
def _key(model: type[Base]) -> list[str]:
    return [inspect(model).get_property_by_column(column).key for column in inspect(model).primary_key]


@cache
def _by_id(model: type[Base]) -> Select:
    (key,) = _key(model)
    return all_of(model).where(getattr(model, key) == bindparam("id"))


@cache
def _locking(model: type[Base], how: tuple) -> Select:
    return _by_id(model).with_for_update(**dict(how))


def _identity(model: type[Base], number: int) -> tuple:
    """As `identity_key` says it, for tables of one class with one number as their key."""
    return model, (number,), None


def _record(session: Session, model: type[Base], number: int, row: tuple) -> Base:
    """Made as the loader of the ORM makes one; its public ways to the same end take as long as the query."""
    identity = _identity(model, number)
    known = session.identity_map.get(identity)
    if known is not None:
        return known
    record = manager_of_class(model).new_instance()
    state = instance_state(record)
    state.dict.update(row._asdict())
    state.key, state.session_id = identity, session.hash_key
    session.identity_map.add(state)
    return record
