"""What a trainer found in the workshop, statement by statement, beside what the enterprise said."""

from flask import g, redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.assessment import answering, queries, questionnaire, services, sheet
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries.lenses import trainer_ratings_of
from score_web.assessment.questionnaire import Theme
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment
from score_web.core.forms import clean, switching_language
from score_web.core.i18n import ngettext
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@assessment.route("/<int:assessment_round_id>/verify", methods=["GET", "POST"])
@allow(Permission.ROUND_VERIFY, on=AssessmentRound)
def verify(assessment_round: AssessmentRound):
    """A trainer rates what was seen; the enterprise's own answers stand beside it and stay as they are."""
    if request.method == "POST":
        return _rate(assessment_round)
    if assessment_round.state is not RoundState.SUBMITTED:
        return redirect(_results(assessment_round))
    return _page(assessment_round, trainer_ratings_of(assessment_round.id))


def _rate(round_: AssessmentRound):
    typed = _read(round_)
    if g.get("refused") or switching_language():
        return _page(round_, trainer_ratings_of(round_.id), typed=typed)
    if typed.errors:
        return _page(round_, trainer_ratings_of(round_.id), typed=typed), 422
    saved = services.rate_as_trainer(round_, typed.changes, by=current_actor())
    if saved.conflicts:
        return _page(round_, saved.stored, conflicts=saved.conflicts), 409
    rated = sum(stored.reply.rating.rated for stored in saved.stored.values())
    flash_ok(ngettext("Saved: %(num)s statement verified.", "Saved: %(num)s statements verified.", rated))
    return redirect(_results(round_), 303)


def _read(round_: AssessmentRound) -> answering.Typed:
    """The whole module stands on one page. A trainer rates or leaves open; whether a statement applies is the enterprise's word."""
    module = queries.module_of(round_)
    typed = answering.read_page(Theme(module.id, module.title, module.statements), request.form, clean)
    if any(reply.not_applicable for reply in typed.replies.values()):
        raise answering.Unreadable("a trainer does not say that something is not applicable")
    return typed


def _page(round_: AssessmentRound, stored, *, typed=None, conflicts=None) -> str:
    """While the enterprise changes its answers they are its own: what the trainer typed comes back without them."""
    themes, submitted = queries.module_of(round_).themes, round_.state is RoundState.SUBMITTED
    listed = [(theme, sheet.lines(theme, stored, since=round_.started_at, typed=typed, conflicts=conflicts)) for theme in themes]
    return render_template(
        "assessment/verify.html", round=round_, module=queries.module_of(round_), themes=listed,
        answers=queries.answers_of(round_.id) if submitted else None,
        scale=questionnaire.SCALE, lines=[line for _, lines in listed for line in lines], actor=current_actor(),
    )


def _results(round_: AssessmentRound) -> str:
    return url_for("assessment.results", assessment_round_id=round_.id)
