"""Who did what, when and why? One append-only table; the history on a page is read from it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core.db import Base, UtcDateTime, db, utc_now
from score_web.core.workflow import Workflow


class AuditEvent(Base):
    """`action` is a past-tense name such as "enrolment.returned"; `data` holds the reason and what the page shows of it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_record", "record_type", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200), default="")
    action: Mapped[str] = mapped_column(String(60))
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    data: Mapped[dict] = mapped_column(JSON, default=dict)


def record(action: str, thing, *, by=None, **data) -> AuditEvent:
    """Remember that `by` (an Actor, or None for the system) did `action` to `thing`, which has an id already."""
    if thing.id is None:
        db.session.flush()
    event = AuditEvent(
        by_id=by.person_id if by else None, by_name=by.name if by else "", action=action,
        record_type=thing.__tablename__, record_id=thing.id, data=data,
    )
    db.session.add(event)
    return event


def take_step(thing, workflow: Workflow, step: str, *, by=None, reason: str = "", **data) -> None:
    """The one way a state changes: the table says whether, the version says it is still so, the audit says who and why."""
    before = thing.state
    thing.state = workflow.take(step, before, reason)
    record(f"{thing.__tablename__}.{step}", thing, by=by, reason=reason.strip(), before=before.value, after=thing.state.value, **data)


def history(thing) -> list[AuditEvent]:
    """Newest first."""
    return list(db.session.scalars(
        select(AuditEvent).where(AuditEvent.record_type == thing.__tablename__, AuditEvent.record_id == thing.id)
        .order_by(AuditEvent.id.desc())
    ))
