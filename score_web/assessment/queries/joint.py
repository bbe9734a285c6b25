"""Who fills in together, who does which theme, and who changed what?"""

import zlib
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from score_web.accounts.models import MembershipRow, Person
from score_web.assessment.answering import Stored
from score_web.assessment.models import PARTICIPANTS, Answer, AnswerVersion, AssessmentRound, Participants, ThemeAssignment
from score_web.assessment.queries import reply_of
from score_web.core.db import db
from score_web.core.reading import find, read
from score_web.permissions import Role

Headcount = tuple[int, int, int, int]


class Doer(NamedTuple):
    """Who was given a theme; without a name when the account is closed. Not `here`: has left or is suspended, nobody does it now."""

    person_id: int
    name: str
    here: bool


class Together(NamedTuple):
    """Who took part and who does which theme (by its id), as a page shows and changes both at once."""

    people: Headcount | None
    doers: dict[str, Doer]

    @property
    def seal(self) -> str:
        doers = sorted((theme, doer.person_id) for theme, doer in self.doers.items())
        return str(zlib.crc32(repr((self.people, doers)).encode()))


def people_of(round_: AssessmentRound) -> Participants | None:
    """Who took part; None: the enterprise has not said."""
    return find(Participants, round_.id)


def together(round_: AssessmentRound) -> Together:
    row = people_of(round_)
    people = tuple(getattr(row, name) for name in PARTICIPANTS) if row else None
    return Together(people, doers_of([round_.id]).get(round_.id, {}))


HERE = and_(
    MembershipRow.person_id == ThemeAssignment.person_id, MembershipRow.organisation_id == AssessmentRound.enterprise_id,
    MembershipRow.role == Role.ENTERPRISE.value, MembershipRow.until.is_(None),
    Person.suspended_at.is_(None), Person.closed_at.is_(None),
)
DOERS = (
    select(ThemeAssignment.round_id, ThemeAssignment.theme, Person.id, Person.name, Person.email, Person.closed_at,
           MembershipRow.id.label("membership"))
    .join(Person, Person.id == ThemeAssignment.person_id).join(AssessmentRound, AssessmentRound.id == ThemeAssignment.round_id)
    .outerjoin(MembershipRow, HERE).order_by(ThemeAssignment.theme)
)
DOERS_OF_ONE = DOERS.where(ThemeAssignment.round_id == bindparam("round"))


def doers_of(round_ids: Iterable[int]) -> dict[int, dict[str, Doer]]:
    """By self-assessment and theme id, in one select."""
    found: dict[int, dict[str, Doer]] = {}
    for row in db.session.execute(DOERS.where(ThemeAssignment.round_id.in_(list(round_ids)))):
        found.setdefault(row.round_id, {})[row.theme] = _doer(row)
    return found


def _doer(row) -> Doer:
    return Doer(row.id, "" if row.closed_at else row.name or row.email, row.membership is not None)


def doing(round_: AssessmentRound) -> dict[str, Doer]:
    """By theme id, those who are here."""
    doers = {row.theme: _doer(row) for row in read(DOERS_OF_ONE, round=round_.id)}
    return {theme: doer for theme, doer in doers.items() if doer.here}


def versions_of(round_: AssessmentRound, statement: str) -> list[Stored]:
    """Everything that was ever stored for a statement, oldest first; the last one stands now."""
    rows = [row for model in (AnswerVersion, Answer) for row in db.session.execute(
        select(model.value, model.not_applicable, model.reason, model.note, model.discuss, model.version,
               model.changed_at, model.changed_by_id, Person.name)
        .outerjoin(Person, Person.id == model.changed_by_id)
        .where(model.round_id == round_.id, model.statement == statement).order_by(model.version)
    )]
    return [Stored(reply_of(row), row.version, row.changed_at, row.changed_by_id, row.name or "") for row in rows]
