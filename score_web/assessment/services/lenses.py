"""What the three lenses are given: the submitted answers, released ratings of workers, the findings of a trainer."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, literal, select

from score_web.assessment.lenses import FEWEST, Lens
from score_web.assessment.models import Answer, AssessmentRound, LensValue, WorkerVoice
from score_web.assessment.queries import module_of
from score_web.core import clock
from score_web.core.db import db
from score_web.core.reading import lock_row
from score_web.enrolment import queries as enrolments


def write_self_lens(round_: AssessmentRound) -> None:
    """The submitted ratings, in the transaction that submits; what does not apply is no rating."""
    clear_self_lens(round_)
    db.session.execute(insert(LensValue).from_select(
        ["round_id", "statement", "lens", "sum", "n"],
        select(Answer.round_id, Answer.statement, literal(Lens.SELF, LensValue.lens.type), Answer.value, 1)
        .where(Answer.round_id == round_.id, Answer.value.is_not(None)),
    ))


def clear_self_lens(round_: AssessmentRound) -> None:
    """Answers that are being changed again are nobody's result."""
    db.session.execute(delete(LensValue).where(LensValue.round_id == round_.id, LensValue.lens == Lens.SELF))


def add_worker_values(round_: AssessmentRound, values: Mapping[str, tuple[int, int]]) -> None:
    """More ratings of workers, as (sum, number) by statement, told in steps of at least five (pulse/anonymity.py decides when).

    Smaller steps, and statements that workers are not asked, are a mistake of the caller.
    """
    asked = {statement.id for statement in module_of(round_).statements if statement.worker}
    if wrong := {key for key, (_, number) in values.items() if key not in asked or number < FEWEST}:
        raise ValueError(f"not asked, or fewer than {FEWEST} ratings: {sorted(wrong)}")
    lock_row(round_, {"read": True})
    rows = {row.statement: row for row in db.session.scalars(
        select(LensValue).where(LensValue.round_id == round_.id, LensValue.lens == Lens.WORKERS).with_for_update())}
    for statement, (total, number) in sorted(values.items()):
        row = rows.get(statement) or LensValue(round_id=round_.id, statement=statement, lens=Lens.WORKERS, sum=0, n=0)
        row.sum, row.n = row.sum + total, row.n + number
        db.session.add(row)


def set_worker_responses(round_: AssessmentRound, responses: int) -> None:
    """How many workers answered up to the last release; the head-count is that of the enrolment at this moment."""
    enrolment = enrolments.enrolment_of(round_.enterprise_id)
    db.session.merge(WorkerVoice(
        round_id=round_.id, responses=responses, head_count=enrolment.employees if enrolment else 0, as_of=clock.now()))
