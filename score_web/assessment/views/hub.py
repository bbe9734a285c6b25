"""Where each module stands, and starting a self-assessment."""

from flask import abort, redirect, render_template, url_for

from score_web.access import allow, current_actor
from score_web.accounts.queries import mandates_over, people_of
from score_web.assessment import queries, questionnaire, services
from score_web.assessment.queries import joint
from score_web.assessment.views.blueprint import assessment
from score_web.assessment.views.guest import offer_of
from score_web.enrolment import queries as enrolments
from score_web.permissions import Permission, Role


@assessment.get("/")
@allow(Permission.ASSESSMENT_HUB)
def hub():
    enterprise_id = current_actor().enterprise_id
    standings = queries.standings(enterprise_id)
    return render_template(
        "assessment/hub.html", trial=offer_of(current_actor()), standings=standings, may_start=enrolments.may_assess(enterprise_id),
        upcoming=queries.upcoming(standings), doers=joint.doers_of(s.open.id for s in standings if s.open),
    )


@assessment.post("/modules/<int:number>/start")
@allow(Permission.ASSESSMENT_HUB, back="assessment.hub")
def start(number: int):
    module = questionnaire.module(number) or abort(404)
    actor = current_actor()
    round_ = services.start_round(enterprise_id=actor.enterprise_id, module=module.number, by=actor)
    letter = queries.where_to_go_on(round_)
    return redirect(url_for("assessment.theme", assessment_round_id=round_.id, letter=letter), 303)


@assessment.get("/who-sees")
@allow(Permission.ASSESSMENT_HUB)
def who_sees():
    enterprise = queries.enterprise_of(current_actor())
    return render_template("assessment/who_sees.html", enterprise=enterprise, colleagues=people_of(enterprise.id, Role.ENTERPRISE),
                           mandates=mandates_over(enterprise.id))
