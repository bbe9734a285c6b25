"""What the three lenses are given: the submitted answers, released ratings of workers, the findings of a trainer."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, literal, select

from score_web.assessment.lenses import Lens, Released, Tally
from score_web.assessment.models import Answer, AssessmentRound, LensValue, WorkerVoice
from score_web.assessment.queries import module_of
from score_web.core import clock
from score_web.core.db import db
from score_web.enrolment import queries as enrolments


def write_self_lens(round_: AssessmentRound) -> None:
    """The submitted ratings, in the transaction that submits; what does not apply is no rating."""
    clear_self_lens(round_)
    db.session.execute(insert(LensValue).from_select(
        ["round_id", "statement", "lens", "sum", "n", "waiting_sum", "waiting_n"],
        select(Answer.round_id, Answer.statement, literal(Lens.SELF, LensValue.lens.type), Answer.value, 1, 0, 0)
        .where(Answer.round_id == round_.id, Answer.value.is_not(None)),
    ))


def clear_self_lens(round_: AssessmentRound) -> None:
    """Answers that are being changed again are nobody's result."""
    db.session.execute(delete(LensValue).where(LensValue.round_id == round_.id, LensValue.lens == Lens.SELF))


def add_worker_values(round_: AssessmentRound, values: Mapping[str, tuple[int, int]]) -> None:
    """More ratings of workers, as (sum, number) by statement. Fewer than 5 of a statement wait for the next ones.

    Statements that workers are not asked, or of another edition, are a mistake of the caller.
    """
    asked = {statement.id for statement in module_of(round_).statements if statement.worker}
    if unknown := set(values) - asked:
        raise ValueError(f"workers are not asked: {sorted(unknown)}")
    db.session.refresh(round_, with_for_update={"read": True})
    rows = {row.statement: row for row in db.session.scalars(
        select(LensValue).where(LensValue.round_id == round_.id, LensValue.lens == Lens.WORKERS).with_for_update())}
    for statement, (total, number) in sorted(values.items()):
        if number:
            _add(rows.get(statement) or _new_row(round_, statement), Tally(total, number))


def _new_row(round_: AssessmentRound, statement: str) -> LensValue:
    row = LensValue(round_id=round_.id, statement=statement, lens=Lens.WORKERS, sum=0, n=0, waiting_sum=0, waiting_n=0)
    db.session.add(row)
    return row


def _add(row: LensValue, more: Tally) -> None:
    now = Released(Tally(row.sum, row.n), Tally(row.waiting_sum, row.waiting_n)).add(more)
    row.sum, row.n = now.shown.sum, now.shown.n
    row.waiting_sum, row.waiting_n = now.waiting.sum, now.waiting.n


def set_worker_responses(round_: AssessmentRound, responses: int) -> None:
    """How many workers answered up to the last release; the head-count is that of the enrolment at this moment."""
    enrolment = enrolments.enrolment_of(round_.enterprise_id)
    db.session.merge(WorkerVoice(
        round_id=round_.id, responses=responses, head_count=enrolment.employees if enrolment else 0, as_of=clock.now()))
