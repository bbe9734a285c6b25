"""Who fills in together, and who changed what?"""

from sqlalchemy import select

from score_web.accounts.models import Person
from score_web.assessment.answering import Stored
from score_web.assessment.models import Answer, AnswerVersion, AssessmentRound
from score_web.assessment.queries import reply_of
from score_web.core.db import db


def versions_of(round_: AssessmentRound, statement: str) -> list[Stored]:
    """Everything that was ever stored for a statement, oldest first; the last one stands now."""
    rows = [row for model in (AnswerVersion, Answer) for row in db.session.execute(
        select(model.value, model.not_applicable, model.reason, model.note, model.discuss, model.version,
               model.changed_at, model.changed_by_id, Person.name)
        .outerjoin(Person, Person.id == model.changed_by_id)
        .where(model.round_id == round_.id, model.statement == statement).order_by(model.version)
    )]
    return [Stored(reply_of(row), row.version, row.changed_at, row.changed_by_id, row.name or "") for row in rows]
