"""Filling in: one theme a page, the check page before submitting."""

from flask import Response, abort, g, redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.assessment import answering, queries, questionnaire, scoring, services, sheet
from score_web.assessment.forms import SubmitForm
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import joint
from score_web.assessment.queries.evidence import evidence_of
from score_web.assessment.questionnaire import Theme
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment
from score_web.core.addresses import address
from score_web.core.faults import wants_json
from score_web.core.forms import clean, switching_language
from score_web.core.i18n import _, folded_for
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@assessment.route("/<int:assessment_round_id>/<string(length=1):letter>", methods=["GET", "POST"])
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def theme(assessment_round: AssessmentRound, letter: str):
    asked = queries.module_of(assessment_round).theme(letter) or abort(404)
    if request.method == "POST":
        return _answer_theme(assessment_round, asked)
    if assessment_round.state is not RoundState.OPEN:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    return _theme_page(assessment_round, asked, queries.answers_of(assessment_round.id))


def _answer_theme(round_: AssessmentRound, asked: Theme):
    """Save what was changed; the page comes back with what was typed when something stands in the way."""
    typed = answering.read_page(asked, request.form, clean)
    if g.get("refused") or switching_language():
        return _theme_page(round_, asked, queries.answers_of(round_.id), typed=typed)
    if typed.errors:
        return _theme_page(round_, asked, queries.answers_of(round_.id), typed=typed), 422
    saved = services.save_answers(round_, typed.changes, by=current_actor())
    if wants_json() or saved.conflicts:
        return _theme_page(round_, asked, saved.stored, conflicts=saved.conflicts), 409 if saved.conflicts else 200
    return redirect(_after_saving(round_, asked, saved.stored), 303)


def _after_saving(round_: AssessmentRound, asked: Theme, stored) -> str:
    """What was pressed (a theme, evidence of a statement), else the next theme, the check page after the last; the same page while
    a reason is missing on it."""
    go = request.form.get("go", "")
    if go in [statement.id for statement in asked.statements if statement.evidence]:
        return address("assessment.evidence_add", assessment_round_id=round_.id, statement=go)
    if wanted := queries.module_of(round_).theme(go):
        return address("assessment.theme", assessment_round_id=round_.id, letter=wanted.letter)
    stay = next((s.id for s in asked.statements if s.id in stored and stored[s.id].reply.lacks_reason), None)
    if stay:
        return address("assessment.theme", assessment_round_id=round_.id, letter=asked.letter, _anchor=stay)
    following = queries.theme_after(round_, asked)
    if following is None:
        return address("assessment.check", assessment_round_id=round_.id)
    return address("assessment.theme", assessment_round_id=round_.id, letter=following.letter)


def _theme_page(round_: AssessmentRound, asked: Theme, stored, *, typed=None, conflicts=None):
    """The questionnaire is known before anybody asks: its part of the page is folded in once, see core.folding."""
    listed = sheet.lines(asked, stored, since=round_.started_at, typed=typed, conflicts=conflicts)
    module, score = queries.module_of(round_), queries.score_answers(round_, stored)
    known = {"theme": asked, "module": module, "scale": questionnaire.SCALE, "following": queries.theme_after(round_, asked)}
    page = known | {
        "round": round_, "score": score, "here": next(t for t in score.themes if t.theme is asked), "lines": listed,
        "look_at": [line for line in listed if line.unsaved or line.errors or line.mine], "last": sheet.last_saved(listed),
        "actor": current_actor(),
    }
    key = f"{asked.id} {module.fingerprint}"
    if wants_json():
        parts = folded_for("assessment/theme_saved.html", key, known).render(page)  # without menu and shell: they are not sent
        return Response(parts, mimetype="application/json")
    template = folded_for("assessment/theme.html", key, known)
    return render_template(template, evidence=evidence_of(round_.id), doing=joint.doing(round_), **page)


@assessment.route("/<int:assessment_round_id>/check", methods=["GET", "POST"])
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def check(assessment_round: AssessmentRound):
    form = SubmitForm()
    if form.validate_on_submit():
        services.submit_round(assessment_round, by=current_actor())
        flash_ok(_("Submitted. Your answers are locked, and this is your result."))
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id), 303)
    if assessment_round.state is not RoundState.OPEN and not form.refusal:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    answers = queries.answers_of(assessment_round.id)
    score = queries.score_answers(assessment_round, answers)
    return render_template(
        "assessment/check.html", form=form, round=assessment_round, score=score, missing=scoring.may_submit(score),
        scale=questionnaire.SCALE, first_gap=_first_gap(assessment_round, score, answers),
        themes=[(t, sheet.lines(t.theme, answers, since=assessment_round.started_at)) for t in score.themes],
    )


def _first_gap(round_: AssessmentRound, score: scoring.ModuleScore, answers) -> str | None:
    """Where the first unanswered statement is."""
    gaps = ((t.theme, s) for t in score.themes for s in t.theme.statements if not answers.get(s.id, sheet.NOTHING).reply.rating.answered)
    place = next(gaps, None)
    return place and url_for("assessment.theme", assessment_round_id=round_.id, letter=place[0].letter, _anchor=place[1].id)
