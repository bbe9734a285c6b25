"""What came out: the results page, and reopening a submitted self-assessment."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.assessment import queries, questionnaire, services, sheet
from score_web.assessment.findings import SEGMENTS, Findings
from score_web.assessment.forms import ReopenForm
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import ROUND, RoundState
from score_web.assessment.views.blueprint import assessment, is_own
from score_web.core import audit
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission, permitted


@assessment.get("/<int:assessment_round_id>/results")
@allow(Permission.ROUND_VIEW, on=AssessmentRound)
def results(assessment_round: AssessmentRound):
    """Only what was submitted is shown to anybody; of an open one no more than its state."""
    if assessment_round.state is not RoundState.SUBMITTED:
        return render_template("assessment/results_open.html", round=assessment_round, own=is_own(assessment_round))
    answers = queries.answers_of(assessment_round.id)
    earlier = queries.earlier_submitted(assessment_round)
    return render_template(
        "assessment/results.html", round=assessment_round, earlier=earlier, own=is_own(assessment_round),
        found=Findings(queries.score_answers(assessment_round, answers), queries.score_of(earlier) if earlier else None), segments=SEGMENTS,
        themes=[(t, sheet.lines(t, answers, since=assessment_round.started_at)) for t in queries.module_of(assessment_round).themes],
        may_reopen=permitted(Permission.ROUND_REOPEN, current_actor(), assessment_round),
        history=audit.history(assessment_round), answers=answers, scale=questionnaire.SCALE,
    )


@assessment.route("/<int:assessment_round_id>/reopen", methods=["GET", "POST"])
@allow(Permission.ROUND_REOPEN, on=AssessmentRound)
def reopen(assessment_round: AssessmentRound):
    form = ReopenForm()
    if form.validate_on_submit():
        services.reopen_round(assessment_round, by=current_actor(), reason=form.reason.data)
        flash_ok(_("Reopened. The enterprise has been told."))
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id), 303)
    return render_template("assessment/reopen.html", form=form, round=assessment_round,
                           possible=ROUND.allows("reopen", assessment_round.state))
