"""Filled-in forms and people of this feature's tests."""

from score_web.core.db import db
from score_web.enrolment import services
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from tests.factories import actor_of, make_enterprise

COMPANY = {
    "name_zh": "宁波甬禾示范电器有限公司",
    "name_en": "Yonghe Demo Appliances",
    "code": "91330200DEM033019T",
    "division_code": "330200",
    "sector": "C38",
    "products": "电饭煲",
    "buyer": "",
}
PEOPLE = {
    "women": "96",
    "men": "90",
    "managers": "16",
    "workers": "170",
    "casual": "20",
    "explanation": "",
    "representation": "union",
    "contact_name": "张敏",
    "contact_job": "人事主管",
    "contact_phone": "138 0000 0000",
    "modules": ["1", "5"],
}
ANSWERS = COMPANY | PEOPLE


def begun(**answers):
    """An enterprise with a filled-in draft: (enrolment, its person)."""
    enterprise, person = make_enterprise(state=None, division_code="")
    enrolment = services.begin_enrolment(enterprise.id)
    enrolment.answers = ANSWERS | answers
    db.session.commit()
    return enrolment, person


def submitted(**answers):
    enrolment, person = begun(**answers)
    services.submit_enrolment(enrolment, by=actor_of(person), shown=enrolment.version)
    db.session.commit()
    return enrolment, person


def in_state(state: EnrolmentState, partner, **answers) -> Enrolment:
    """Led there by its own steps; the institution of `partner` must be the one that gets it."""
    if state is EnrolmentState.DRAFT:
        return begun(**answers)[0]
    enrolment, person = submitted(**answers)
    told = {"by": actor_of(partner), "shown": enrolment.version}
    if state is EnrolmentState.RETURNED:
        services.return_enrolment(enrolment, reason="请改", remarks={"code": "请对照执照"}, **told)
    elif state is EnrolmentState.APPROVED:
        services.approve_enrolment(enrolment, **told)
    elif state is EnrolmentState.REJECTED:
        services.reject_enrolment(enrolment, reason="不符合", **told)
    elif state is EnrolmentState.WITHDRAWN:
        services.withdraw_enrolment(enrolment, by=actor_of(person))
    db.session.commit()
    return enrolment
