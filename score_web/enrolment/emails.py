"""Whom do we tell about an enrolment? Both sides, each in its own language; reasons are quoted as typed."""

from score_web.accounts.queries import people_of
from score_web.core import mail
from score_web.enrolment.fields import BY_NAME, FIELDS
from score_web.enrolment.models import Enrolment
from score_web.permissions import Role


def tell_enterprise(enrolment: Enrolment, what: str, **context) -> None:
    for person in people_of(enrolment.enterprise_id, Role.ENTERPRISE):
        mail.send(f"enrolment/email_{what}.txt", to=person, path=f"/enrolment/{enrolment.id}", enrolment=enrolment, **context)


def tell_institution(enrolment: Enrolment, what: str, **context) -> None:
    for person in people_of(enrolment.institution_id, Role.PARTNER):
        mail.send(f"enrolment/email_{what}.txt", to=person, path=f"/enrolment/{enrolment.id}/review", enrolment=enrolment, **context)


def remarks_of(named: dict[str, str]) -> list[tuple[str, str]]:
    """(label, remark) in the order of the form."""
    return [(BY_NAME[field.name].label, named[field.name]) for field in FIELDS if field.name in named]
