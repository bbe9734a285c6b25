"""How do all rows get from one database into another? Both engines, one moment, one transaction: wholly or not at all.

A copy is always a SQLite file, whatever the engine: what was saved from PostgreSQL can be looked into with any tool, and put back
into either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, func, select, text
from sqlalchemy.pool import NullPool

from score_web.core.db import Base, db
from score_web.core.migrations import upgrade

MANY = 1000


def copy_out(target: Path) -> None:
    """The rows of one moment, while people go on working, into a new file of today's structure."""
    upgrade_file(target)
    moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _file(target) as goal, db.engine.connect().execution_options(**moment) as source, source.begin():
        _copy(source, goal)


def copy_in(file: Path) -> None:
    """Replaces every row of the application's database. `file` is of today's structure."""
    with _file(file) as source, db.engine.begin() as goal:
        _copy(source, goal)


def upgrade_file(file: Path) -> None:
    upgrade(address=f"sqlite:///{file}")


@contextmanager
def _file(path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _copy(source: Connection, goal: Connection) -> None:
    tables = Base.metadata.sorted_tables
    with _without_triggers(goal, tables):
        for table in reversed(tables):
            goal.execute(table.delete())
        for table in tables:
            for rows in source.execute(select(table).order_by(*_in_order(table))).partitions(MANY):
                goal.execute(table.insert(), [dict(row._mapping) for row in rows])
            if goal.dialect.name == "postgresql" and "id" in table.c:
                _count_on(goal, table)


def _in_order(table: Table) -> list:
    """Who is referred to by rows of the same table comes first."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    return [column.is_not(None) for column in own] + list(table.primary_key)


def _count_on(goal: Connection, table: Table) -> None:
    """The next row gets the next number."""
    sequence = goal.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
    last = goal.scalar(select(func.max(table.c.id)))
    if sequence and last:
        goal.execute(select(func.setval(sequence, last)))


@contextmanager
def _without_triggers(goal: Connection, tables: list[Table]) -> Iterator[None]:
    """They guard what people do; here rows come as they were. They are back before anybody else sees the database."""
    if goal.dialect.name == "postgresql":
        for table in tables:
            goal.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        yield
        for table in tables:
            goal.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))
        return
    known = goal.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in known:
        goal.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _name, sql in known:
        goal.exec_driver_sql(sql)
