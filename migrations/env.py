"""How migrations run: online only, on the application's engine, in one transaction that rolls back as a whole.

On SQLite a batch migration drops and recreates tables, which foreign keys would forbid (or answer by deleting rows), so they are
off during the migration and checked before it commits.
"""

from alembic import context
from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool

from score_web.core.db import UtcDateTime, db


def migrate() -> None:
    for index in (index for table in db.metadata.tables.values() for index in table.indexes if "where" in index.info):
        for dialect in ("sqlite", "postgresql"):
            index.dialect_options[dialect]["where"] = text(index.info["where"])
    other = context.config.attributes["address"]  # of a copy that is made or about to be put back
    engine = create_engine(other or db.engine.url, poolclass=NullPool)
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, transactional_ddl=True, transaction_per_migration=False,
                          render_item=_plain_types, render_as_batch=True, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration leaves broken references: {broken[:5]}")
    engine.dispose()
    if not other:
        db.engine.dispose()


def _plain_types(kind: str, item, _context):
    """Migrations name plain types, so that an old one never depends on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _prepare_sqlite(connection, _record) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=OFF")


migrate()
