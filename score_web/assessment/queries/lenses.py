"""What do the three lenses say about a self-assessment, and how many workers were heard?"""

from sqlalchemy import bindparam, select

from score_web.accounts.models import Person
from score_web.assessment import lenses, scoring
from score_web.assessment.answering import Reply, Stored
from score_web.assessment.findings import Comparison, Lenses
from score_web.assessment.lenses import Lens, Tally, View
from score_web.assessment.models import AssessmentRound, LensValue, TrainerRating, WorkerVoice
from score_web.assessment.queries import answers_of, module_of
from score_web.assessment.scoring import ModuleScore
from score_web.core.reading import find, read

VALUES = select(LensValue.lens, LensValue.statement, LensValue.sum, LensValue.n).where(LensValue.round_id == bindparam("round"))
RATINGS = (
    select(TrainerRating.statement, TrainerRating.value, TrainerRating.note, TrainerRating.version, TrainerRating.changed_at,
           TrainerRating.changed_by_id, Person.name)
    .outerjoin(Person, Person.id == TrainerRating.changed_by_id).where(TrainerRating.round_id == bindparam("round"))
)


def views_of(round_: AssessmentRound) -> dict[Lens, View]:
    """Each lens as it may be shown; empty where nobody has looked through it."""
    tallies: dict[Lens, dict[str, Tally]] = {lens: {} for lens in Lens}
    for lens, statement, total, number in read(VALUES, round=round_.id):
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
    return find(WorkerVoice, round_.id)


def trainer_ratings_of(round_id: int) -> dict[str, Stored]:
    """By statement id, with who rated it last."""
    return {
        row.statement: Stored(Reply("" if row.value is None else str(row.value), note=row.note),
                              row.version, row.changed_at, row.changed_by_id, row.name or "")
        for row in read(RATINGS, round=round_id)
    }


def compare(round_: AssessmentRound, earlier: AssessmentRound) -> Comparison:
    return Comparison(module_of(round_), module_of(earlier), ratings_of(round_), ratings_of(earlier))
