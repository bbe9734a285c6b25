"""Who did what, when, from which state to which? One append-only table of ids and codes; the history on a page is read from it.

Nobody is named in it and nothing that somebody typed stands in it: names are looked up when they are shown, and typed words
(the reason of a decision) lie beside it in a table of their own that may be erased. core/chain.py seals the rows.
"""

import re
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, Select, String, bindparam, case, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from score_web.core import logs
from score_web.core.db import Base, UtcDateTime, db, utc_now
from score_web.core.i18n import _
from score_web.core.reading import read
from score_web.core.workflow import Workflow
from score_web.core.writing import insert_of, write

CONCERNED = ("enterprise_id", "institution_id", "person_id")
CODE = re.compile(r"[a-z0-9][a-z0-9_.:,+-]{0,63}|M[1-9]-[A-Z][0-9]{0,2}|")
EMPTY = {"default": "", "server_default": text("''")}


class AuditEvent(Base):
    """`by_id` did `action`, such as "enrolment.return", to a record; it concerns an enterprise, an institution, a person. `data`
    holds ids, codes and numbers only. No foreign keys: the rows outlive what they tell of. The database refuses to change them."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_record", "record_type", "record_id"),
        *(Index(f"ix_audit_event_{name}", name, "at", "id") for name in ("by_id", *CONCERNED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    by_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    record_type: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    before: Mapped[str] = mapped_column(String(64), **EMPTY)
    after: Mapped[str] = mapped_column(String(64), **EMPTY)
    request_id: Mapped[str] = mapped_column(String(40), **EMPTY)
    enterprise_id: Mapped[int | None]
    institution_id: Mapped[int | None]
    person_id: Mapped[int | None]
    data: Mapped[dict] = mapped_column(JSON, default=dict)


class AuditWords(Base):
    """What people typed with an event, and names as of that day: outside the chain, erasable."""

    __tablename__ = "audit_words"

    event_id: Mapped[int] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    words: Mapped[dict] = mapped_column(JSON)


HAPPENED = insert_of(AuditEvent, *{*AuditEvent.__table__.c.keys()} - {"id"}).returning(AuditEvent.id)
TYPED = insert_of(AuditWords, "event_id", "words")


def record(
    action: str, thing, *, by=None, before: str = "", after: str = "", reason: str = "", words: dict | None = None, **data
) -> int:
    """Remember that `by` (an Actor or a Person, None for the system) did `action` to `thing`; the number of the event. `data`: ids, codes
    and numbers, among them whom it concerns where the record itself does not say (CONCERNED). What people typed is `reason` or `words`.

    Raises ValueError when something typed is handed over as data.
    """
    if thing.id is None:
        db.session.flush()
    concerned = _concerned(thing) | {name: data.pop(name) for name in CONCERNED if name in data}
    for name, value in (data | {"before": before, "after": after}).items():
        if not is_code(value):
            raise ValueError(f"{action}: {name} is no id, code or number")
    (event,) = write(
        HAPPENED, at=utc_now(), by_id=getattr(by, "person_id", None) or getattr(by, "id", None), action=action,
        record_type=thing.__tablename__, record_id=thing.id, before=before, after=after, request_id=logs.number(), data=data, **concerned,
    )
    if typed := {name: value for name, value in ((words or {}) | {"reason": reason.strip()}).items() if value}:
        write(TYPED, event_id=event.id, words=typed)
    return event.id


def take_step(thing, workflow: Workflow, step: str, *, by=None, reason: str = "", **data) -> None:
    """The one way a state changes: the table says whether, the version says it is still so, the audit says who and why."""
    before = thing.state
    thing.state = workflow.take(step, before, reason)
    record(f"{thing.__tablename__}.{step}", thing, by=by, reason=reason, before=before.value, after=thing.state.value, **data)


def is_code(value) -> bool:
    """An id, a number, a short code, or lists and tables of them: nothing that names or quotes anybody."""
    if isinstance(value, dict):
        return all(is_code(name) and is_code(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_code, value))
    return value is None or isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value) is not None)


def _concerned(thing) -> dict:
    """A record says itself whom it concerns: by `concerned`, or by columns of these names."""
    said = getattr(thing, "concerned", None)
    return {name: getattr(thing, name, None) if said is None else said.get(name) for name in CONCERNED}


class Happened(NamedTuple):
    """An event as it is shown: with today's name of who did it, and the words that have not been erased."""

    id: int
    at: datetime
    by_id: int | None
    action: str
    record_type: str
    record_id: int
    before: str
    after: str
    request_id: str
    enterprise_id: int | None
    institution_id: int | None
    person_id: int | None
    data: dict
    words: dict
    name: str | None

    @property
    def by_name(self) -> str:
        """Empty: it happened by itself."""
        return self.name or (_("Closed account") if self.by_id else "")

    @property
    def reason(self) -> str:
        return self.words.get("reason", "")


def events() -> Select:
    """Everything of Happened; whoever asks adds which ones and in which order. `person` by its name: accounts stands to the right."""
    person = Base.metadata.tables["person"]
    name = case((person.c.closed_at.is_(None), func.coalesce(func.nullif(person.c.name, ""), person.c.email)))
    return (
        select(*AuditEvent.__table__.c, AuditWords.words, name.label("name")).select_from(AuditEvent)
        .outerjoin(AuditWords, AuditWords.event_id == AuditEvent.id).outerjoin(person, person.c.id == AuditEvent.by_id)
    )


def happened(query: Select) -> list[Happened]:
    return [_shown(row) for row in db.session.execute(query)]


def _shown(row) -> Happened:
    return Happened(**{**row._asdict(), "words": row.words or {}})


def history(thing, *, without: tuple[str, ...] = ()) -> list[Happened]:
    """Newest first; `without` leaves out actions that happen every day."""
    return [_shown(row) for row in read(_of_record(without), type=thing.__tablename__, id=thing.id)]


@cache
def _of_record(without: tuple[str, ...]) -> Select:
    own = (AuditEvent.record_type == bindparam("type"), AuditEvent.record_id == bindparam("id"))
    return events().where(*own, *(AuditEvent.action != action for action in without)).order_by(AuditEvent.id.desc())
