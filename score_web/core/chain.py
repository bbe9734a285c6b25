"""Has anybody changed the audit? Committed events are sealed, in the order of their ids, into a chain of hashes under one lock row.

Each seal holds the hash of its event and the hash of that together with the seal before: who changes, removes or adds a row breaks
the chain there. Who rewrites the whole chain, or cuts its end, ends with another head than the one the operator wrote down
(`flask audit head`, and once a day in the log). Plain SHA-256: everybody may check it, and a new SECRET_KEY breaks nothing.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta

from flask import current_app
from sqlalchemy import CheckConstraint, String, delete, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import jobs
from score_web.core.audit import AuditEvent
from score_web.core.db import Base, db, insert_once

log = logging.getLogger("score_web.audit")
BEGINNING = "0" * 64
BATCH = 2000
EVENT = AuditEvent.__table__.c


class AuditPending(Base):
    """Events that wait for their seal; the database itself writes the row beside each event."""

    __tablename__ = "audit_pending"

    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AuditSeal(Base):
    """Position by position: the hash of an event, and the hash of that and the position before. The database refuses to change them."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(unique=True)
    event_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """One row: the last position and its hash. Whoever seals holds it."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    position: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=BEGINNING)


def hash_of(event) -> str:
    """Of every column, in a form that is the same on both databases and for ever."""
    columns = {name: getattr(event, name) for name in EVENT.keys()}  # noqa: SIM118 - a collection of columns is no dict
    columns["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(columns, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def link(before: str, event_hash: str) -> str:
    return hashlib.sha256(f"{before}{event_hash}".encode()).hexdigest()


def seal() -> int:
    """Seal what waits, batch by batch, each committed by itself; several processes at once wait for each other. How many."""
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


def _seal_batch() -> int:
    db.session.execute(insert_once(AuditHead).values(id=1, position=0, hash=BEGINNING))
    last, head = db.session.execute(select(AuditHead.position, AuditHead.hash).with_for_update()).one()
    waiting = select(*EVENT).join(AuditPending, AuditPending.event_id == EVENT.id).order_by(EVENT.id).limit(BATCH)
    seals = []
    for position, event in enumerate(db.session.execute(waiting).all(), last + 1):
        digest = hash_of(event)
        head = link(head, digest)
        seals.append({"position": position, "event_id": event.id, "event_hash": digest, "hash": head})
    if seals:
        db.session.execute(insert(AuditSeal), seals)
        db.session.execute(delete(AuditPending).where(AuditPending.event_id.in_([one["event_id"] for one in seals])))
        db.session.execute(update(AuditHead).values(position=last + len(seals), hash=head))
    db.session.commit()
    return len(seals)


def head() -> tuple[int, str]:
    return tuple(db.session.execute(select(AuditHead.position, AuditHead.hash)).first() or (0, BEGINNING))


def tell_head() -> None:
    """Once a day the head leaves the database with the log."""
    log.info("audit chain: position %s, head %s", *head())


def init_app(app) -> None:
    jobs.register(app, "audit", every=timedelta(minutes=1), work=seal)
    jobs.register(app, "audit-head", every=timedelta(days=1), work=tell_head)


@contextmanager
def unlocked() -> Iterator[None]:
    """Only to empty a demo: within this transaction the database lets events and seals go, then closes again."""
    if not current_app.config["DEMO"]:
        raise RuntimeError("the audit of a production installation is never emptied")
    if db.engine.dialect.name == "postgresql":
        for turn in ("DISABLE", "ENABLE"):
            for table in (AuditEvent.__table__, AuditSeal.__table__):
                db.session.execute(text(f"ALTER TABLE {table.name} {turn} TRIGGER USER"))
            if turn == "DISABLE":
                yield
        return
    triggers = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'")).all()
    for trigger in triggers:
        db.session.execute(text(f"DROP TRIGGER {trigger.name}"))
    yield
    for trigger in triggers:
        db.session.connection().exec_driver_sql(trigger.sql)
