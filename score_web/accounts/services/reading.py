"""The inbox remembers what was read."""

from score_web.core import clock
from score_web.core.db import db
from score_web.core.mail import Message


def mark_read(person_id: int, *, only: int | None = None) -> None:
    query = db.update(Message).where(Message.person_id == person_id, Message.read_at.is_(None))
    db.session.execute((query.where(Message.id == only) if only else query).values(read_at=clock.now()))
