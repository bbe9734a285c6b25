"""How do rows meet both engines the same way? Pragmas, explicit BEGIN, aware times, and a transaction one may let go."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, wraps

from sqlalchemy import DateTime, Select, bindparam, event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator

from score_web.core import clock
from score_web.extensions import Base, db, is_read_only

__all__ = [
    "Base", "UtcDateTime", "all_of", "db", "empty_log", "find", "init_app", "insert_once", "let_go", "lock_row", "once", "read", "records",
    "utc_now",
]  # fmt: skip
CONNECTION = "connection"  # of the transaction that is open: asking the session for it takes as long as a query
ANSWERS = "answers"  # to what was asked once in that transaction
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class UtcDateTime(TypeDecorator):
    """Aware in, aware out, UTC in between: SQLite forgets time zones, so we put it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is not None and value.tzinfo is None:
            raise ValueError("times are stored aware: use core.clock")
        return value.astimezone(UTC) if value is not None else None

    def result_processor(self, dialect, coltype):
        """Without the detour of `process_result_value`: pages read hundreds of times. SQLite keeps text."""
        if dialect.name == "sqlite":
            return lambda value: value and datetime.fromisoformat(value + "+00:00")
        return _aware


def _aware(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def utc_now() -> datetime:
    """Default for columns; goes through the one clock."""
    return clock.now()


def let_go() -> None:
    """End the transaction before slow work (password hash, mail), so that nobody waits for it.

    Raises RuntimeError if something is pending: it would be lost.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("let_go() with changes pending")
    db.session.rollback()


@dataclass
class _Prepared:
    """A query as one engine is asked it: its text, the values that are always the same, and how values go in and come out."""

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
def _prepared(query: Select, dialect: Dialect) -> _Prepared:
    compiled = query.compile(dialect=dialect)
    columns = list(query.selected_columns)
    changes = [(place, column.type.dialect_impl(dialect).result_processor(dialect, None)) for place, column in enumerate(columns)]
    ingoing = {compiled.bind_names[bind]: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in compiled.bind_names}
    return _Prepared(
        str(compiled), dict(compiled.params), compiled.positiontup, {name: change for name, change in ingoing.items() if change},
        namedtuple("Row", [column.key for column in columns]), [(place, change) for place, change in changes if change],
    )


def read(query: Select, **values) -> list:
    """The rows of a query that was put together once, when its module was loaded, with `bindparam`s for `values`. Pages that
    everybody opens read so: no objects, and the driver is asked at once. What was only added to the session counts too."""
    if not is_read_only():
        db.session.flush()
    connection = db.session.info.get(CONNECTION) or db.session.connection()
    if connection.dispatch.before_cursor_execute:  # somebody counts or logs what is asked
        return connection.execute(query, values).all()
    prepared = _prepared(query, connection.dialect)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(prepared.text, prepared.values(values))
        return prepared.rows(cursor.fetchall())
    except connection.dialect.dbapi.Error as error:
        raise _told(error, connection, cursor, prepared.text) from error
    finally:
        cursor.close()


def _told(error: Exception, connection: Connection, cursor, text: str) -> DBAPIError:
    """As SQLAlchemy tells it, without the values; a connection that broke is thrown away."""
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if broken:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.dbapi.Error, hide_parameters=True, connection_invalidated=broken, dialect=dialect
    )


def once(ask: Callable) -> Callable:
    """A question that several parts of a page ask. Where nobody can write, the answer stays the same until the transaction ends: it
    is kept as long, and whoever asks again has it without the database."""

    @wraps(ask)
    def answer(*about):
        if not is_read_only():
            return ask(*about)
        known = db.session.info.setdefault(ANSWERS, {})
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
    (key,) = _key(model)
    return [_record(model, getattr(row, key), row) for row in read(query, **values)]


@once
def find(model: type[Base], number: int) -> Base | None:
    """The same as `db.session.get`, in an eighth of its time."""
    if db.session.identity_map.get(identity_key(model, number)) is not None:
        return db.session.get(model, number)
    return next(iter(records(model, _by_id(model), id=number)), None)


@cache
def _key(model: type[Base]) -> list[str]:
    return [inspect(model).get_property_by_column(column).key for column in inspect(model).primary_key]


@cache
def _by_id(model: type[Base]) -> Select:
    (key,) = _key(model)
    return all_of(model).where(getattr(model, key) == bindparam("id"))


def _record(model: type[Base], number: int, row: tuple) -> Base:
    known = db.session.identity_map.get(identity_key(model, number))
    if known is not None:
        return known
    record = model()
    record.__dict__.update(row._asdict())
    make_transient_to_detached(record)
    db.session.add(record)
    return record


def lock_row(record: Base, how: dict | None = None) -> None:
    """Read the row again under its lock; `how` as in SQLAlchemy's `with_for_update`.

    Raises StaleDataError when the row is gone meanwhile, as for one that changed meanwhile.
    """
    rows = read(_locking(type(record), tuple((how or {}).items())), id=inspect(record).identity[0])
    if not rows:
        raise StaleDataError(f"{record.__tablename__} is gone")
    for name, value in rows[0]._asdict().items():
        set_committed_value(record, name, value)


@cache
def _locking(model: type[Base], how: tuple) -> Select:
    return _by_id(model).with_for_update(**dict(how))


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


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)


def _sqlite_pragmas(connection, _record) -> None:
    connection.isolation_level = None
    # secure_delete: what is erased is overwritten in the file; workers' answers rely on it
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection) -> None:
    """Writers queue up at BEGIN IMMEDIATE: a deferred lock would fail at the first write instead of waiting."""
    reading = bool(connection.get_execution_options().get("read_only"))
    if connection.info.get("reading") is not reading:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info["reading"] = reading
    if reading:  # locks nothing, so nothing can go wrong that SQLAlchemy would have to tell
        connection.connection.driver_connection.execute("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_writes_of_readers(session, _context, _instances) -> None:
    if is_read_only() and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a GET request tried to write")


def _remember(session, _transaction, connection) -> None:
    session.info[CONNECTION] = connection


def _forget(session, _transaction) -> None:
    session.info.pop(CONNECTION, None)
    session.info.pop(ANSWERS, None)


event.listen(db.session, "before_flush", _refuse_writes_of_readers)
event.listen(db.session, "after_begin", _remember)
event.listen(db.session, "after_transaction_end", _forget)
