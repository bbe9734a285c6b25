"""Whose database is this? It is marked demo or production when it is created, and each mode refuses the other's."""

from datetime import datetime

from flask import Flask
from sqlalchemy import CheckConstraint, String, func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Mapped, mapped_column

from score_web.config import Misconfigured
from score_web.core.db import Base, UtcDateTime, db, utc_now


class Installation(Base):
    """One row for the whole database: the mode it was made for."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    mode: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


def mode_of_database() -> str | None:
    """None: not marked, not there, or the database does not answer."""
    try:
        with db.engine.connect().execution_options(read_only=True) as connection:
            return connection.scalar(select(Installation.mode))
    except DatabaseError:
        return None


def mark(mode: str) -> None:
    """Mark a fresh database, in the caller's transaction. Somebody's unmarked data is never taken for a demo."""
    if mode == "demo" and db.session.scalar(select(func.count()).select_from(Base.metadata.tables["person"])):
        raise Misconfigured("this database holds people but no mark: it is not taken for a demo")
    db.session.add(Installation(mode=mode))


def init_app(app: Flask) -> None:
    with app.app_context():
        marked, mode = mode_of_database(), app.config["SCORE_ENV"]
        db.engine.dispose()
    if marked not in (None, mode):
        raise Misconfigured(f"this is a {marked} database, and SCORE_ENV is {mode}")
