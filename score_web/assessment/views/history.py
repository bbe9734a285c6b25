"""Who changed which answer when, from what to what: for the enterprise's own people."""

from flask import abort, render_template

from score_web.access import allow
from score_web.assessment import queries, questionnaire, sheet
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import joint
from score_web.assessment.views.blueprint import assessment
from score_web.permissions import Permission


@assessment.get("/<int:assessment_round_id>/history/<statement>")
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def history(assessment_round: AssessmentRound, statement: str):
    module = queries.module_of(assessment_round)
    asked = module.statement(statement) or abort(404)
    return render_template(
        "assessment/history.html", round=assessment_round, module=module, statement=asked, scale=questionnaire.SCALE,
        changes=sheet.changes(joint.versions_of(assessment_round, statement), since=assessment_round.started_at),
    )
