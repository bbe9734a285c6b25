"""What a trainer found in the workshop: ratings beside the self-assessment, never instead of it."""

from sqlalchemy import delete, insert, literal, select

from score_web.assessment import emails
from score_web.assessment.answering import Change
from score_web.assessment.lenses import Lens
from score_web.assessment.models import AssessmentRound, LensValue, TrainerRating
from score_web.assessment.queries import module_of
from score_web.assessment.queries.lenses import trainer_ratings_of
from score_web.assessment.services.filling import Saved
from score_web.assessment.states import RoundState
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.permissions import Actor


def rate_as_trainer(round_: AssessmentRound, changes: tuple[Change, ...], *, by: Actor) -> Saved:
    """Store what a trainer changed. Where another trainer was faster, the newer rating stands and ours comes back as a conflict.

    Trainers wait for each other on the round's row: two of them seldom rate the same self-assessment.
    """
    lock_row(round_)
    if round_.state is not RoundState.SUBMITTED:
        raise Refused(N_("The enterprise is changing its answers. You can rate the statements once they are submitted again."))
    known = {statement.id for statement in module_of(round_).statements}
    rows = {row.statement: row for row in db.session.scalars(select(TrainerRating).where(TrainerRating.round_id == round_.id))}
    fresh = [change for change in changes if change.statement in known and _version(rows, change.statement) == change.shown]
    first = not rows and bool(fresh)
    if fresh:
        memory = {change.statement: _write(rows, round_, change, by) for change in fresh}
        db.session.flush()
        _write_lens(round_, list(memory))
        audit.record("assessment_round.verify", round_, by=by, module=round_.module, number=round_.number,
                     ratings={statement: values for statement, (values, _) in memory.items()},
                     words={statement: notes for statement, (_, notes) in memory.items() if any(notes)})
    if first:
        emails.tell_verified(round_, by=by)
    stored = trainer_ratings_of(round_.id)
    return Saved(stored, {c.statement: c for c in changes if c.statement in stored and stored[c.statement].reply != c.reply})


def _version(rows: dict[str, TrainerRating], statement: str) -> int:
    return rows[statement].version if statement in rows else 0


def _write(rows: dict[str, TrainerRating], round_: AssessmentRound, change: Change, by: Actor) -> tuple[list, list]:
    """The values and the notes that stood there and stand there now, for the audit."""
    row = rows.get(change.statement) or TrainerRating(round_id=round_.id, statement=change.statement, value=None, note="", version=0)
    value, note = row.value, row.note
    row.value, row.note, row.version = change.reply.value, change.reply.note, row.version + 1
    row.changed_by_id, row.changed_at = by.person_id, clock.now()
    db.session.add(row)
    return [value, row.value], [note, row.note]


def _write_lens(round_: AssessmentRound, statements: list[str]) -> None:
    """The rows that the results page reads; a rating that was taken back is gone from there."""
    db.session.execute(delete(LensValue).where(
        LensValue.round_id == round_.id, LensValue.lens == Lens.TRAINER, LensValue.statement.in_(statements)))
    db.session.execute(insert(LensValue).from_select(
        ["round_id", "statement", "lens", "sum", "n"],
        select(TrainerRating.round_id, TrainerRating.statement, literal(Lens.TRAINER, LensValue.lens.type), TrainerRating.value, 1)
        .where(TrainerRating.round_id == round_.id, TrainerRating.statement.in_(statements), TrainerRating.value.is_not(None)),
    ))
