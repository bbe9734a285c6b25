"""How do very many rows get into a table quickly, on both engines?"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import text

from score_web.core.db import Base, db

MEMORY = 256_000  # KB of pages that SQLite keeps while it loads
USUAL = 2000  # what it has by itself


def insert_many(name: str, rows: Iterable[dict]) -> None:
    """In one statement each on SQLite, by COPY on PostgreSQL. All rows name the same columns."""
    rows = list(rows)
    if rows:
        columns = list(rows[0])
        insert_rows(name, columns, ([row[column] for column in columns] for row in rows))


def insert_rows(name: str, columns: Sequence[str], rows: Iterable[Sequence], into: str = "") -> None:
    """The same for values in the order of `columns`; `into` a table with the columns of this one."""
    table, dialect, names = Base.metadata.tables[name], db.engine.dialect, ", ".join(f'"{column}"' for column in columns)
    bind = [table.c[column].type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    if any(bind):
        rows = ([change(value) if change else value for value, change in zip(row, bind, strict=True)] for row in rows)
    cursor = db.session.connection().connection.cursor()
    if dialect.name == "sqlite":
        cursor.executemany(f'INSERT INTO "{into or name}" ({names}) VALUES ({", ".join("?" * len(columns))})', rows)
        return
    with cursor.copy(f'COPY "{into or name}" ({names}) FROM STDIN') as copy:
        for row in rows:
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


@contextmanager
def sorted_first(name: str) -> Iterator[str]:
    """Where to put rows that do not come in the order of their key. SQLite keeps the whole table in that order, and PostgreSQL the index
    of the key: both would go back and forth in it for each row. For SQLite the rows lie in a table for the time being and move all at
    once; PostgreSQL makes the key anew."""
    lite, key = db.engine.dialect.name == "sqlite", Base.metadata.tables[name].primary_key
    columns = ", ".join(f'"{column.name}"' for column in key)
    if lite:
        _say(f'CREATE TEMP TABLE unsorted AS SELECT * FROM "{name}" WHERE 0')
    else:
        _say("SET LOCAL maintenance_work_mem = '512MB'", f'ALTER TABLE "{name}" DROP CONSTRAINT "{key.name}"')
    yield "unsorted" if lite else name
    if lite:
        _say(f'INSERT INTO "{name}" SELECT * FROM unsorted ORDER BY {columns}', "DROP TABLE unsorted")
    else:
        _say(f'ALTER TABLE "{name}" ADD CONSTRAINT "{key.name}" PRIMARY KEY ({columns})')


def _say(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement))


def have_settled(last_ids: dict[str, int]) -> None:
    """PostgreSQL counts on from the ids that were loaded; both engines look anew how much there is."""
    if db.engine.dialect.name == "postgresql":
        for name, last in last_ids.items():
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {max(1, last)})"))
    db.session.execute(text("ANALYZE"))


@contextmanager
def in_bulk() -> Iterator[None]:
    """Around the transaction. SQLite writes into its file straight: its log would grow as large as all that is loaded, and be looked
    through for every page that is read; where somebody else is in the file the log stays. PostgreSQL looks through all that is new once
    more, which it would soon do by itself beside those who read."""
    lite = db.engine.dialect.name == "sqlite"
    if lite:
        _tell("journal_mode=DELETE", f"cache_size=-{MEMORY}")
    yield
    if lite:
        _tell("journal_mode=WAL", f"cache_size=-{USUAL}")
    else:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


def _tell(*pragmas: str) -> None:
    """To the connection that the pool hands out next as well: it has but this one."""
    connection = db.engine.raw_connection()
    for pragma in pragmas:
        with suppress(connection.driver_connection.OperationalError):
            connection.driver_connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.close()
