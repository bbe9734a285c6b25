"""What changed between two self-assessments of one module: themes and statements, then and now."""

from flask import abort, redirect, render_template, request, url_for

from score_web.access import allow
from score_web.assessment import questionnaire
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import comparable_with
from score_web.assessment.queries.lenses import compare as comparison_of
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment
from score_web.permissions import Permission


@assessment.get("/<int:assessment_round_id>/compare")
@allow(Permission.ROUND_VIEW, on=AssessmentRound)
def compare(assessment_round: AssessmentRound):
    """`with` in the address names an earlier one by its number; the one before is the default."""
    if assessment_round.state is not RoundState.SUBMITTED:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    earlier = comparable_with(assessment_round)
    wanted = request.args.get("with", type=int)
    chosen = next((one for one in earlier if wanted in (None, one.number)), None)
    if wanted is not None and chosen is None:
        abort(404)
    return render_template(
        "assessment/compare.html", round=assessment_round, choices=earlier, earlier=chosen, scale=questionnaire.SCALE,
        both=comparison_of(assessment_round, chosen) if chosen else None,
    )
