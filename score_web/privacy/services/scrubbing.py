"""Where else does a name stand? In what others typed and in messages: found there, and replaced by words that say what happened."""

import json

from sqlalchemy import Column, Select, String, Table, Text, cast, or_, select, union, update

from score_web.accounts.models import Mandate, MembershipRow, Organisation, Person
from score_web.booking.models import Booking
from score_web.core.audit import AuditEvent
from score_web.core.db import Base, db
from score_web.core.mail import Message
from score_web.privacy.anonymous import CLOSED, SHORTEST, pattern, without
from score_web.privacy.contents import ENTERPRISE
from score_web.privacy.models import DataRequest
from score_web.privacy.queries.belonging import belonging
from score_web.privacy.retention import RULES
from score_web.trainers.models import DayOff, TrainerProfile

TYPED = {field for rule in RULES for field in rule.fields}
TOLD = ("subject_zh", "subject_en", "body_zh", "body_en", "address")


def replace_everywhere(words: list[str], *, enterprises: Select, organisations: Select, instead: dict[str, str] = CLOSED) -> None:
    """In what belongs to these enterprises, and in what everybody who deals with these organisations wrote or was told."""
    words = [word for word in words if len(word) >= SHORTEST]
    if not words:
        return
    for part in ENTERPRISE:
        table = Base.metadata.tables[part.table]
        columns = [column for column in table.c if f"{table.name}.{column.name}" in TYPED]
        if columns:
            _replace(table, columns, belonging(part, ENTERPRISE, enterprises), words, instead)
    people = select(MembershipRow.person_id).where(MembershipRow.organisation_id.in_(organisations))
    trainers = select(TrainerProfile.id).where(TrainerProfile.person_id.in_(people))
    for model, columns, mine in (
        (Message, TOLD, Message.person_id.in_(people)),
        (DataRequest, ("text", "answer"), or_(DataRequest.person_id.in_(people), DataRequest.institution_id.in_(organisations))),
        (TrainerProfile, ("about",), TrainerProfile.person_id.in_(people)),
        (DayOff, ("reason",), DayOff.trainer_id.in_(trainers)),
        (Organisation, ("contact",), Organisation.id.in_(organisations)),
    ):
        table = model.__table__
        _replace(table, [table.c[name] for name in columns], select(table).where(mine), words, instead)


def _replace(table: Table, columns: list[Column], rows: Select, words: list[str], instead: dict[str, str]) -> None:
    """Only rows in which a word stands are read, locked and written."""
    found, keys = pattern(words), list(table.primary_key.columns)
    stands = or_(*(_holds(column, word) for column in columns for word in words))
    for row in db.session.execute(rows.where(stands).with_only_columns(*keys, *columns).with_for_update()).all():
        values = row._mapping
        changed = {c: _cut(c, without(values[c], found, instead["en" if c.name.endswith("_en") else "zh"])) for c in columns}
        changed = {c: value for c, value in changed.items() if value != values[c]}
        if changed:
            db.session.execute(update(table).where(*(key == values[key] for key in keys)).values(changed))


def _holds(column: Column, word: str):
    """JSON stands in the database as it is written: with Chinese as \\uXXXX."""
    if isinstance(column.type, String):
        return column.icontains(word, autoescape=True)
    return cast(column, Text).icontains(json.dumps(word)[1:-1], autoescape=True)


def _cut(column: Column, value):
    longest = getattr(column.type, "length", None)
    return value[:longest] if longest and isinstance(value, str) else value


def around(person: Person) -> tuple[Select, Select]:
    """The enterprises in whose records this person may be named, and all the organisations whose people may have heard of them."""
    own = select(MembershipRow.organisation_id).where(MembershipRow.person_id == person.id)
    booked = select(Booking.enterprise_id).where(or_(Booking.lead_id == person.id, Booking.second_id == person.id))
    trained = select(Mandate.enterprise_id).where(Mandate.person_id == person.id)
    decided = select(AuditEvent.enterprise_id).where(AuditEvent.by_id == person.id, AuditEvent.enterprise_id.is_not(None))
    enterprises = select(Organisation.id).where(
        Organisation.kind == "enterprise", or_(*(Organisation.id.in_(some) for some in (own, booked, trained, decided))))
    above = select(Organisation.institution_id).where(Organisation.id.in_(enterprises), Organisation.institution_id.is_not(None))
    below = select(Organisation.id).where(Organisation.institution_id.in_(own))
    return enterprises, select(union(own, enterprises, above, below).subquery().c[0])
