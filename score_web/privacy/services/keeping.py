"""What has been kept long enough? One batch of one rule at a time, so that nobody waits long."""

from datetime import date, datetime

from sqlalchemy import Date, Select, Table, delete, func, or_, select, update

from score_web.accounts.models import Link, Organisation, Person
from score_web.core import clock
from score_web.core.db import Base, db
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from score_web.privacy.models import Erasure
from score_web.privacy.retention import RULES, Outcome, Rule
from score_web.privacy.services.enterprises import erase_enterprise
from score_web.privacy.states import ErasureState

BATCH = 500
ENDED = (EnrolmentState.REJECTED, EnrolmentState.WITHDRAWN)
OURS = [rule for rule in RULES if rule.by == "privacy"]


def due_rows(rule: Rule) -> Select:
    """The keys of the rows that this rule touches now."""
    if rule.name in SPECIAL:
        return SPECIAL[rule.name][0](before(rule))
    table = Base.metadata.tables[rule.table]
    source, moment = _clock(rule, table)
    query = select(*table.primary_key.columns).select_from(source).where(moment < _as_of(rule, moment))
    if rule.only:
        query = query.where(table.c[rule.only[0]] == rule.only[1])
    if rule.outcome is Outcome.ERASE:
        query = query.where(or_(*(table.c[column] != "" for column in rule.columns)))
    return query


def count_due(rule: Rule) -> int:
    return _read(select(func.count()).select_from(due_rows(rule).subquery()))[0]


def apply(rule: Rule) -> int:
    """One batch; how many rows it touched."""
    ids = _read(due_rows(rule).limit(BATCH))
    if rule.name in SPECIAL:
        for id_ in ids:
            SPECIAL[rule.name][1](id_)
    elif ids:
        table = Base.metadata.tables[rule.table]
        mine = table.primary_key.columns[0].in_(ids)
        change = delete(table) if rule.outcome is Outcome.DELETE else update(table).values(dict.fromkeys(rule.columns, ""))
        db.session.execute(change.where(mine))
    return len(ids)


def erasures_due() -> list[int]:
    return list(db.session.scalars(
        select(Erasure.id).where(Erasure.state == ErasureState.ASKED, Erasure.due_on <= clock.today()).order_by(Erasure.id)))


def _read(query) -> list:
    """What is there already, beside everybody who writes: looking through a long table holds up nobody."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        return list(connection.scalars(query))


def before(rule: Rule) -> datetime:
    return clock.now() - rule.period.length


def _clock(rule: Rule, table: Table):
    """Where the moment stands from which the rule counts: in the table, or in the one that it hangs on."""
    other, _, column = rule.clock.rpartition(".")
    if not other:
        return table, table.c[column]
    above = Base.metadata.tables[other]
    return table.join(above), above.c[column]


def _as_of(rule: Rule, moment) -> date | datetime:
    return clock.in_china(before(rule)).date() if isinstance(moment.type, Date) else before(rule)


def _unconfirmed(until: datetime) -> Select:
    return select(Person.id).where(Person.activated_at.is_(None), Person.closed_at.is_(None), Person.created_at < until)


def _forget_unconfirmed(person_id: int) -> None:
    """The row stays as a number: links of invitations may name it."""
    person = db.session.get(Person, person_id, with_for_update=True)
    for model, column in ((Link, Link.email), (Message, Message.address)):
        db.session.execute(delete(model).where(column == person.email).execution_options(synchronize_session=False))
    person.email, person.name, person.closed_at = f"closed-{person.id}@example.invalid", "", clock.now()


def _gone(until: datetime) -> Select:
    """Left, refused or withdrawn so long ago, and not erased yet. Whoever takes part is never among them."""
    ended = Enrolment.state.in_(ENDED) & (Enrolment.decided_at < until)
    return _enterprises(or_(ended, (Organisation.closed_at < until) & Enrolment.submitted_at.is_not(None)))


def _drafts(until: datetime) -> Select:
    return _enterprises((Organisation.closed_at < until) & Enrolment.submitted_at.is_(None) & Enrolment.state.not_in(ENDED))


def _enterprises(condition) -> Select:
    return (
        select(Organisation.id).join(Enrolment, Enrolment.enterprise_id == Organisation.id)
        .where(Organisation.kind == "enterprise", ~Enrolment.code.startswith("erased-"), condition)
    )


def _erase(organisation_id: int) -> None:
    erase_enterprise(db.session.get(Organisation, organisation_id, with_for_update={"key_share": True}))


SPECIAL = {"unconfirmed": (_unconfirmed, _forget_unconfirmed), "enterprise": (_gone, _erase), "draft": (_drafts, _erase)}
