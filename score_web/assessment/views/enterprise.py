"""What the responsible institution finds of one enterprise: its self-assessments, also before any booking."""

from flask import render_template

from score_web.access import allow
from score_web.assessment import queries
from score_web.assessment.views.blueprint import assessment
from score_web.enrolment.models import Enrolment
from score_web.permissions import Permission


@assessment.get("/of-enrolment/<int:enrolment_id>")
@allow(Permission.ENTERPRISE_ROUNDS, on=Enrolment)
def of_enterprise(enrolment: Enrolment):
    rounds = sorted(queries.rounds_of(enrolment.enterprise_id), key=lambda one: (one.module, -one.number))
    return render_template("assessment/of_enterprise.html", enrolment=enrolment, rounds=[(one, queries.module_of(one)) for one in rounds])
