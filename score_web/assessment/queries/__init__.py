"""What has an enterprise answered, how far is it, and who may read the results?"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Select, and_, bindparam, false, func, or_, select

from score_web.accounts.models import Organisation, Person
from score_web.assessment import questionnaire, scoring
from score_web.assessment.answering import NOT_APPLICABLE, Reply, Stored
from score_web.assessment.models import Answer, AssessmentRound
from score_web.assessment.questionnaire import Module, Theme
from score_web.assessment.scoring import ModuleScore
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.core.reading import all_of, find, once, read, records
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence
from score_web.enrolment import queries as enrolments
from score_web.permissions import Actor, Role

ANSWERED = or_(Answer.value.is_not(None), and_(Answer.not_applicable, Answer.reason != ""))


OF_ENTERPRISE = (
    all_of(AssessmentRound).where(AssessmentRound.enterprise_id == bindparam("enterprise"))
    .order_by(AssessmentRound.module, AssessmentRound.number)
)
EARLIER = (
    all_of(AssessmentRound)
    .where(AssessmentRound.enterprise_id == bindparam("enterprise"), AssessmentRound.module == bindparam("module"),
           AssessmentRound.number < bindparam("number"), AssessmentRound.state == RoundState.SUBMITTED)
    .order_by(AssessmentRound.number.desc())
)


@once
def rounds_of(enterprise_id: int) -> list[AssessmentRound]:
    """All self-assessments of an enterprise, by module and number."""
    return records(AssessmentRound, OF_ENTERPRISE, enterprise=enterprise_id)


def _of_module(enterprise_id: int, module: int) -> Select:
    return select(AssessmentRound).where(AssessmentRound.enterprise_id == enterprise_id, AssessmentRound.module == module)


def open_round(enterprise_id: int, module: int) -> AssessmentRound | None:
    return db.session.scalar(_of_module(enterprise_id, module).where(AssessmentRound.state == RoundState.OPEN))


def last_round(enterprise_id: int, module: int) -> AssessmentRound | None:
    return db.session.scalar(_of_module(enterprise_id, module).order_by(AssessmentRound.number.desc()).limit(1))


def latest_submitted(enterprise_id: int, module: int) -> AssessmentRound | None:
    submitted = _of_module(enterprise_id, module).where(AssessmentRound.state == RoundState.SUBMITTED)
    return db.session.scalar(submitted.order_by(AssessmentRound.number.desc()).limit(1))


def has_baseline(enterprise_id: int, module: int) -> bool:
    """The first self-assessment of the module was submitted; reopening it does not undo that."""
    first = _of_module(enterprise_id, module).where(AssessmentRound.number == 1, AssessmentRound.first_submitted_at.is_not(None))
    return db.session.scalar(select(first.exists()))


def comparable_with(round_: AssessmentRound) -> list[AssessmentRound]:
    """Earlier submitted self-assessments of the same module, the latest first; a baseline has none."""
    if round_.number == 1:
        return []
    return records(AssessmentRound, EARLIER, enterprise=round_.enterprise_id, module=round_.module, number=round_.number)


def earlier_submitted(round_: AssessmentRound) -> AssessmentRound | None:
    """What a result is compared with: the submitted self-assessment before it."""
    return next(iter(comparable_with(round_)), None)


def module_of(round_: AssessmentRound) -> Module:
    """The questionnaire in the edition with which the self-assessment was begun."""
    return questionnaire.module(round_.module, round_.edition)


def theme_after(round_: AssessmentRound, theme: Theme) -> Theme | None:
    themes = module_of(round_).themes
    return next(iter(themes[themes.index(theme) + 1:]), None)


ANSWERS = (
    select(Answer.statement, Answer.value, Answer.not_applicable, Answer.reason, Answer.note, Answer.discuss, Answer.version,
           Answer.changed_at, Answer.changed_by_id, Person.name)
    .outerjoin(Person, Person.id == Answer.changed_by_id).where(Answer.round_id == bindparam("round"))
)


def answers_of(round_id: int) -> dict[str, Stored]:
    """By statement id; one select without objects, since every theme page reads it."""
    return {row.statement: Stored(reply_of(row), row.version, row.changed_at, row.changed_by_id, row.name or "")
            for row in read(ANSWERS, round=round_id)}


def reply_of(row) -> Reply:
    """What a row of Answer or AnswerVersion says."""
    choice = NOT_APPLICABLE if row.not_applicable else "" if row.value is None else str(row.value)
    return Reply(choice, row.reason, row.note, row.discuss)


def score_of(round_: AssessmentRound) -> ModuleScore:
    return score_answers(round_, answers_of(round_.id))


def score_answers(round_: AssessmentRound, answers: dict[str, Stored]) -> ModuleScore:
    return scoring.score(module_of(round_), {statement: stored.reply.rating for statement, stored in answers.items()})


PROGRESS = (
    select(Answer.round_id, func.count().label("answered")).join(AssessmentRound, AssessmentRound.id == Answer.round_id)
    .where(AssessmentRound.enterprise_id == bindparam("enterprise"), ANSWERED).group_by(Answer.round_id)
)


@once
def progress(enterprise_id: int) -> dict[int, int]:
    """How many statements are answered, by self-assessment."""
    return {row.round_id: row.answered for row in read(PROGRESS, enterprise=enterprise_id)}


def percents(round_ids: Iterable[int]) -> dict[int, float]:
    """The headline percentages of many self-assessments at once; unrounded, as in scoring.percent."""
    means = (
        select(Answer.round_id, func.sum(Answer.value), func.count(Answer.value))
        .where(Answer.round_id.in_(list(round_ids)), Answer.value.is_not(None)).group_by(Answer.round_id)
    )
    return {round_id: 100 * total / (scoring.TOP * count) for round_id, total, count in db.session.execute(means)}


class Standing(NamedTuple):
    """One module on the hub: the open self-assessment, the last submitted one, and what they came to."""

    module: Module
    open: AssessmentRound | None
    submitted: AssessmentRound | None
    answered: int
    total: int
    percent: float | None

    @property
    def band(self) -> scoring.Band | None:
        return None if self.percent is None else scoring.band(self.percent)


def standings(enterprise_id: int) -> list[Standing]:
    """Every module, in two queries whatever their number."""
    rounds = rounds_of(enterprise_id)
    answered, results = progress(enterprise_id), percents(r.id for r in rounds)
    return [_standing(module, [r for r in rounds if r.module == module.number], answered, results) for module in questionnaire.modules()]


def _standing(module: Module, rounds: list[AssessmentRound], answered: dict[int, int], results: dict[int, float]) -> Standing:
    current = next((r for r in rounds if r.state is RoundState.OPEN), None)
    submitted = next((r for r in reversed(rounds) if r.state is RoundState.SUBMITTED), None)
    return Standing(
        module, current, submitted,
        answered=answered.get(current.id, 0) if current else 0,
        total=len((module_of(current) if current else module).statements),
        percent=results.get(submitted.id) if submitted else None,
    )


def where_to_go_on(round_: AssessmentRound) -> str:
    """The letter of the first theme with an unanswered statement; the first theme when there is none."""
    themes = score_of(round_).themes
    return next((t for t in themes if t.answered < t.total), themes[0]).theme.letter


def enterprise_of(actor: Actor) -> Organisation:
    return find(Organisation, actor.enterprise_id)


def enterprise_with(round_: AssessmentRound) -> Organisation:
    return find(Organisation, round_.enterprise_id)


def upcoming(standings: list[Standing]) -> Standing | None:
    """What to go on with: a self-assessment that is open, else the first module (the basic one) not assessed yet."""
    unfinished = [s for s in standings if s.open]
    untouched = [s for s in standings if not s.open and not s.submitted]
    return max(unfinished, key=lambda s: s.answered, default=None) or next(iter(untouched), None)


def rounds_visible_to(actor: Actor) -> Select:
    """The same rows that Permission.ROUND_VIEW opens."""
    responsible = select(Organisation.id).where(Organisation.institution_id.in_(actor.organisations(Role.PARTNER)))
    return select(AssessmentRound).where(or_(
        AssessmentRound.enterprise_id.in_(actor.organisations(Role.ENTERPRISE)),
        AssessmentRound.enterprise_id.in_(actor.mandates),
        AssessmentRound.enterprise_id.in_(responsible) if actor.has(Role.PARTNER) else false(),
    ))


def waiting_for(actor: Actor) -> list[Waiting]:
    """Self-assessments to go on with; the first one to start."""
    enterprise_id = actor.enterprise_id
    if enterprise_id is None or not enrolments.may_assess(enterprise_id):
        return []
    rounds = rounds_of(enterprise_id)
    if not rounds:
        return [Waiting(Sentence(N_("Start the self-assessment of module 1")), "assessment.hub")]
    current = [r for r in rounds if r.state is RoundState.OPEN]
    answered = progress(enterprise_id) if current else {}
    return [
        Waiting(
            Sentence(GO_ON, module=r.module, answered=answered.get(r.id, 0), total=len(module_of(r).statements)),
            "assessment.hub", since=r.started_at,
        )
        for r in current
    ]


GO_ON = N_("Continue the self-assessment of module %(module)s: %(answered)s of %(total)s answered")
