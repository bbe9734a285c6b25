"""What do the three lenses say about a self-assessment, and how many workers were heard?"""

from sqlalchemy import select

from score_web.accounts.models import Person
from score_web.assessment import lenses, scoring
from score_web.assessment.answering import Reply, Stored
from score_web.assessment.findings import Comparison, Lenses
from score_web.assessment.lenses import Lens, Tally, View
from score_web.assessment.models import AssessmentRound, LensValue, TrainerRating, WorkerVoice
from score_web.assessment.queries import answers_of, module_of
from score_web.assessment.scoring import ModuleScore
from score_web.assessment.states import RoundState
from score_web.core.db import db


def views_of(round_: AssessmentRound) -> dict[Lens, View]:
    """Each lens as it may be shown; empty where nobody has looked through it."""
    rows = db.session.execute(
        select(LensValue.lens, LensValue.statement, LensValue.sum, LensValue.n).where(LensValue.round_id == round_.id))
    tallies: dict[Lens, dict[str, Tally]] = {lens: {} for lens in Lens}
    for lens, statement, total, number in rows:
        tallies[lens][statement] = Tally(total, number)
    return {lens: lenses.view(lens, found) for lens, found in tallies.items()}


def lenses_of(round_: AssessmentRound, score: ModuleScore | None = None) -> Lenses:
    """The score is that of the submitted answers; who has it already hands it over."""
    views = views_of(round_)
    return Lenses(score or scoring.score(module_of(round_), ratings_of(round_)), views[Lens.SELF], views[Lens.WORKERS], views[Lens.TRAINER])


def ratings_of(round_: AssessmentRound) -> dict[str, scoring.Rating]:
    return {statement: stored.reply.rating for statement, stored in answers_of(round_.id).items()}


def voice_of(round_: AssessmentRound) -> WorkerVoice | None:
    """None while no worker's answer was released."""
    return db.session.get(WorkerVoice, round_.id)


def trainer_ratings_of(round_id: int) -> dict[str, Stored]:
    """By statement id, with who rated it last."""
    rows = db.session.execute(
        select(TrainerRating.statement, TrainerRating.value, TrainerRating.note, TrainerRating.version, TrainerRating.changed_at,
               TrainerRating.changed_by_id, Person.name)
        .outerjoin(Person, Person.id == TrainerRating.changed_by_id).where(TrainerRating.round_id == round_id)
    )
    return {
        row.statement: Stored(Reply("" if row.value is None else str(row.value), note=row.note),
                              row.version, row.changed_at, row.changed_by_id, row.name or "")
        for row in rows
    }


def comparable_with(round_: AssessmentRound) -> list[AssessmentRound]:
    """Earlier submitted self-assessments of the same module, the latest first."""
    return list(db.session.scalars(
        select(AssessmentRound).where(
            AssessmentRound.enterprise_id == round_.enterprise_id, AssessmentRound.module == round_.module,
            AssessmentRound.number < round_.number, AssessmentRound.state == RoundState.SUBMITTED)
        .order_by(AssessmentRound.number.desc())
    ))


def compare(round_: AssessmentRound, earlier: AssessmentRound) -> Comparison:
    return Comparison(module_of(round_), module_of(earlier), ratings_of(round_), ratings_of(earlier))
