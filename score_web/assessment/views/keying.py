"""Typing in a paper form: all statements of the module on one page, a short entry each."""

from flask import g, redirect, render_template, request, url_for

from score_web.access import allow, current_actor
from score_web.assessment import keying as slips
from score_web.assessment import queries, questionnaire, services, sheet
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment
from score_web.core.forms import clean, switching_language
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission


@assessment.route("/<int:assessment_round_id>/keying", methods=["GET", "POST"])
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def keying(assessment_round: AssessmentRound):
    if request.method == "POST":
        return _key(assessment_round)
    if assessment_round.state is not RoundState.OPEN:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    return _page(assessment_round, queries.answers_of(assessment_round.id))


def _key(round_: AssessmentRound):
    """What can be read is saved, whatever else is wrong: a slip of the finger in one line keeps no other line waiting."""
    module = queries.module_of(round_)
    typed = slips.read_page(module, request.form, clean)
    if g.get("refused") or switching_language():
        return _page(round_, queries.answers_of(round_.id), typed=typed, kept={*typed.replies, *typed.errors})
    saved = services.save_answers(round_, typed.changes, by=current_actor())
    if typed.errors or saved.conflicts:
        page = _page(round_, saved.stored, typed=typed, kept=set(typed.errors), conflicts=saved.conflicts)
        return page, 409 if saved.conflicts else 422
    flash_ok(_("Everything typed in is saved. Compare it with the paper here."))
    return redirect(_after_keying(round_, module, saved.stored), 303)


def _after_keying(round_: AssessmentRound, module: questionnaire.Module, stored) -> str:
    """The check page; back to the line where a reason is missing."""
    stay = next((s.id for s in module.statements if s.id in stored and stored[s.id].reply.lacks_reason), None)
    if stay:
        return url_for("assessment.keying", assessment_round_id=round_.id, _anchor=f"{stay}-key")
    return url_for("assessment.check", assessment_round_id=round_.id)


def _page(round_: AssessmentRound, stored, *, typed=None, kept=frozenset(), conflicts=None):
    """`kept`: statements whose fields are shown again as they came in."""
    module = queries.module_of(round_)
    lines = {line.statement.id: line for line in sheet.lines(module, stored, since=round_.started_at, typed=typed, conflicts=conflicts)}
    shown = {
        statement: slips.slip_sent(statement, request.form, clean) if statement in kept else slips.slip(line)
        for statement, line in lines.items()
    }
    return render_template("assessment/keying.html", round=round_, module=module, lines=lines, slips=shown, field=slips.FIELD,
                           score=queries.score_answers(round_, stored), scale=questionnaire.SCALE, actor=current_actor())
