"""What did data of an earlier release look like? Rows that its own demo really wrote, kept beside the tests, and how to lay them in.

Before a release that brings a new migration, keep what the last one wrote, where CODE is that release, unpacked and set up:
`python -m tests.migrations.released CODE/.data/score.db > tests/migrations/data_0002.json`.
"""

import json
import sqlite3
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Boolean, Date, DateTime, MetaData, func, inspect, select, text
from sqlalchemy.types import JSON

from score_web.core.db import db

HERE = Path(__file__).parent
NOT_KEPT = {"alembic_version", "sign_in", "throttle", "job"}
MOST = {"message": 12}  # one message is like the next


def revisions() -> list[str]:
    return sorted(path.stem.removeprefix("data_") for path in HERE.glob("data_*.json"))


def rows_of(revision: str) -> dict[str, list[dict]]:
    """By table, as that release stored them."""
    return json.loads((HERE / f"data_{revision}.json").read_text("utf-8"))


def lay_in(rows: dict[str, list[dict]]) -> None:
    """Into the tables as they are at this revision, whatever the models say today."""
    metadata = MetaData()
    with db.engine.begin() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            for row in rows.get(table.name, []):
                connection.execute(table.insert().values({name: _read(table.c[name].type, value) for name, value in row.items()}))
            if "id" in table.c and rows.get(table.name) and connection.dialect.name == "postgresql":
                _count_on(connection, table)


def _read(kind, value):
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return json.loads(value) if isinstance(kind, JSON) else bool(value) if isinstance(kind, Boolean) else value


def _count_on(connection, table) -> None:
    """The next row gets the next number."""
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
    if sequence:
        connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))


def found() -> dict[str, list[dict]]:
    """What is in the tables now, in the words of the file."""
    metadata, tables = MetaData(), {}
    with db.engine.connect() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            order = [table.c[column.name] for column in inspect(table).primary_key] or list(table.c)
            tables[table.name] = [
                {name: _write(table.c[name].type, value) for name, value in row._mapping.items()}
                for row in connection.execute(select(table).order_by(*order))
            ]
        connection.rollback()
    return tables


def _write(kind, value):
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(kind, Date):
        return value.isoformat()
    return json.dumps(value) if isinstance(kind, JSON) else int(value) if isinstance(kind, Boolean) else value


def dump(path: str) -> str:
    """One row a line, so that a change of this file can be read."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    parts = []
    for name in names:
        rows = connection.execute(f"SELECT * FROM {name} LIMIT {MOST.get(name, -1)}").fetchall()
        if rows and name not in NOT_KEPT:
            lines = ",\n".join("  " + json.dumps(dict(row), ensure_ascii=False) for row in rows)
            parts.append(f' "{name}": [\n{lines}\n ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(dump(sys.argv[1]))
