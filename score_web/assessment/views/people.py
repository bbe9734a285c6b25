"""Who fills in together: who took part, and who does which theme."""

from flask import redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.accounts.queries import people_of
from score_web.assessment import queries, services
from score_web.assessment.forms import PeopleForm
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import joint
from score_web.assessment.states import RoundState
from score_web.assessment.views.blueprint import assessment
from score_web.core.i18n import _
from score_web.core.web import flash_ok
from score_web.permissions import Permission, Role


@assessment.route("/<int:assessment_round_id>/people", methods=["GET", "POST"])
@allow(Permission.ROUND_FILL, on=AssessmentRound)
def people(assessment_round: AssessmentRound):
    themes, now = queries.module_of(assessment_round).themes, joint.together(assessment_round)
    form = PeopleForm.for_themes(themes, people_of(assessment_round.enterprise_id, Role.ENTERPRISE), now)
    if form.validate_on_submit():
        services.set_together(assessment_round, people=form.people, doers=form.doers(themes), shown=form.shown.data, by=current_actor())
        flash_ok(_("Saved. Whoever got a theme now finds a message in the inbox."))
        letter = queries.where_to_go_on(assessment_round)
        return redirect(url_for("assessment.theme", assessment_round_id=assessment_round.id, letter=letter), 303)
    if assessment_round.state is not RoundState.OPEN and not form.refusal:
        return redirect(url_for("assessment.results", assessment_round_id=assessment_round.id))
    return render_template("assessment/people.html", form=form, round=assessment_round, module=queries.module_of(assessment_round), now=now)
