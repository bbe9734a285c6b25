"""How do very many rows get into a table quickly, on both engines?"""

from collections.abc import Iterable
from contextlib import contextmanager

from score_web.core.db import Base, db


def insert_many(name: str, rows: Iterable[dict]) -> None:
    """In one statement each on SQLite, by COPY on PostgreSQL."""
    rows = list(rows)
    if not rows:
        return
    table = Base.metadata.tables[name]
    columns = [table.c[column] for column in rows[0]]
    dialect, names = db.engine.dialect, ", ".join(f'"{c.name}"' for c in columns)
    bind = [c.type.dialect_impl(dialect).bind_processor(dialect) for c in columns]
    values = ([p(row[c.name]) if p else row[c.name] for c, p in zip(columns, bind, strict=True)] for row in rows)
    cursor = db.session.connection().connection.cursor()
    if dialect.name == "sqlite":
        cursor.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({", ".join("?" * len(columns))})', values)
        return
    with cursor.copy(f'COPY "{name}" ({names}) FROM STDIN') as copy:
        for row in values:
            copy.write_row(row)


@contextmanager
def without_indexes(tables: Iterable[str]):
    """Indexes are made once at the end, which is much quicker than keeping them row by row; those that forbid something stay."""
    connection = db.session.connection()
    dropped = [index for name in dict.fromkeys(tables) for index in Base.metadata.tables[name].indexes if not index.unique]
    for index in dropped:
        index.drop(connection)
    yield
    for index in dropped:
        index.create(db.session.connection())
