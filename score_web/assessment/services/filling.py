"""What happens to a self-assessment: start, save answers, submit, reopen.

Saving takes the round FOR SHARE and submitting takes it FOR UPDATE (SQLite lets one writer in anyway), so no answer
changes after submission; saving never touches the round's row, so people who fill in together do not wait for each other.
"""

from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import bindparam, insert, literal, select

from score_web.accounts.models import Organisation
from score_web.assessment import emails, questionnaire, scoring
from score_web.assessment.answering import Change, Stored
from score_web.assessment.models import Answer, AnswerVersion, AssessmentRound
from score_web.assessment.queries import answers_of, last_round, latest_submitted, open_round, score_of
from score_web.assessment.services.lenses import clear_self_lens, write_self_lens
from score_web.assessment.states import ROUND, RoundState
from score_web.core import audit, clock
from score_web.core.db import INSERTS, db
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.core.writing import insert_of, write_all
from score_web.enrolment import queries as enrolments
from score_web.permissions import Actor

SAID = ("value", "not_applicable", "reason", "note", "discuss")
WRITTEN = (*SAID, "version", "changed_by_id", "changed_at")


@cache
def _write(engine: str):
    """An answer over the version before it, put together once: every save runs it for each answer."""
    statement = insert_of(Answer, "round_id", "statement", *WRITTEN, insert=INSERTS[engine])
    return statement.on_conflict_do_update(
        index_elements=[Answer.round_id, Answer.statement],
        set_={name: statement.excluded[name] for name in WRITTEN},
        where=Answer.version == statement.excluded.version - 1,
    )


@cache
def _keep(engine: str):
    """A version that is about to be replaced goes to the history."""
    names = ("round_id", "statement", *WRITTEN)
    one = (Answer.round_id == bindparam("round"), Answer.statement == bindparam("about"), Answer.version == bindparam("shown"))
    version = select(*(getattr(Answer, name) for name in names)).where(*one)
    return INSERTS[engine](AnswerVersion.__table__).from_select(names, version).on_conflict_do_nothing()


def start_round(*, enterprise_id: int, module: int, by: Actor) -> AssessmentRound:
    """The open self-assessment of the module, or a new one. Two people who start at once land on the same one:
    the enterprise's row is locked while we look."""
    if not enrolments.may_assess(enterprise_id):
        raise Refused(N_("You can start once your enrolment is submitted."))
    db.session.get(Organisation, enterprise_id, with_for_update={"key_share": True})
    if current := open_round(enterprise_id, module):
        return current
    last = last_round(enterprise_id, module)
    fresh = AssessmentRound(
        enterprise_id=enterprise_id, module=module, number=last.number + 1 if last else 1,
        edition=questionnaire.latest_edition(module), started_at=clock.now(), started_by_id=by.person_id,
    )
    db.session.add(fresh)
    audit.record("assessment_round.start", fresh, by=by, module=module, number=fresh.number)
    if last := latest_submitted(enterprise_id, module):
        _copy_answers(last, fresh)
    return fresh


def _copy_answers(old: AssessmentRound, new: AssessmentRound) -> None:
    """For statements of both editions. Name and time stay those of the old answer: nobody has looked at it again yet.
    What was to be discussed then is not marked again."""
    copied = ("value", "not_applicable", "reason", "note", "changed_by_id", "changed_at", "statement")
    kept = [statement.id for statement in questionnaire.module(new.module, new.edition).statements]
    db.session.execute(insert(Answer).from_select(
        ["round_id", "version", *copied],
        select(literal(new.id), literal(1), *(getattr(Answer, name) for name in copied))
        .where(Answer.round_id == old.id, Answer.statement.in_(kept)),
    ))


@dataclass(frozen=True)
class Saved:
    """What the database says afterwards. A conflict: somebody else's newer answer stands, ours was not stored."""

    stored: dict[str, Stored] = field(default_factory=dict)
    conflicts: dict[str, Change] = field(default_factory=dict)


def save_answers(round_: AssessmentRound, changes: tuple[Change, ...], *, by: Actor) -> Saved:
    """Store changed answers. One statement whose answer became newer meanwhile keeps the newer one and is returned as a
    conflict; the others of the same page are stored all the same: holding back seven good answers for the sake of one
    would lose more than it saves. An answer that somebody already gave in the very same words is no conflict.
    """
    lock_row(round_, {"read": True})
    if round_.state is not RoundState.OPEN:
        raise Refused(N_("This self-assessment has been submitted: its answers are locked. What you changed here is not saved."))
    if not changes:
        return Saved(answers_of(round_.id))
    changes = tuple(sorted(changes, key=lambda change: change.statement))
    db.session.flush()
    _keep_versions(round_, changes)
    _upsert(round_, changes, by)
    stored = answers_of(round_.id)
    return Saved(stored, {change.statement: change for change in changes if stored[change.statement].reply != change.reply})


def _keep_versions(round_: AssessmentRound, changes: tuple[Change, ...]) -> None:
    """What the changes are about to replace goes to the history. In the order of the statements too; who comes second finds
    the version kept already, and learns from the upsert that it came second."""
    shown = [{"round": round_.id, "about": change.statement, "shown": change.shown} for change in changes if change.shown]
    if shown:
        write_all(_keep(db.engine.dialect.name), shown)


def _upsert(round_: AssessmentRound, changes: tuple[Change, ...], by: Actor) -> None:
    """A row is written only over the version that the page had shown. In the order of the statements, so that two
    people who save the same theme wait for each other instead of blocking each other."""
    now = clock.now()
    write_all(_write(db.engine.dialect.name), [
        {"round_id": round_.id, "statement": change.statement, "value": change.reply.value,
         "not_applicable": change.reply.not_applicable, "reason": change.reply.reason, "note": change.reply.note,
         "discuss": change.reply.discuss, "version": change.shown + 1, "changed_by_id": by.person_id, "changed_at": now}
        for change in changes
    ])


def submit_round(round_: AssessmentRound, *, by: Actor) -> None:
    """Lock the answers. Refused while conditions of scoring.may_submit are unmet. The enterprise's row first, as when reopening."""
    db.session.get(Organisation, round_.enterprise_id, with_for_update={"key_share": True})
    lock_row(round_)
    for missing in scoring.may_submit(score_of(round_)):
        raise Refused(missing)
    audit.take_step(round_, ROUND, "submit", by=by, module=round_.module, number=round_.number)
    round_.submitted_at = clock.now()
    round_.first_submitted_at = round_.first_submitted_at or round_.submitted_at
    write_self_lens(round_)
    emails.tell_submitted(round_)


def reopen_round(round_: AssessmentRound, *, by: Actor, reason: str) -> None:
    """Let the enterprise correct its answers; it is told why. Only the last self-assessment of a module."""
    db.session.get(Organisation, round_.enterprise_id, with_for_update={"key_share": True})
    lock_row(round_)
    if last_round(round_.enterprise_id, round_.module).number != round_.number:
        raise Refused(N_("A later self-assessment of this module has begun; only the last one can be reopened."))
    audit.take_step(round_, ROUND, "reopen", by=by, reason=reason, module=round_.module, number=round_.number)
    clear_self_lens(round_)
    emails.tell_reopened(round_, reason=reason.strip(), by=by)
