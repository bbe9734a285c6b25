"""Receipts: a row for whoever from outside got something of an enterprise, written in a short transaction of its own.

Pages and files are handed out by GET requests, whose engine refuses to write; so the row goes through a connection beside the session,
after the page is made and before it is sent. Where it cannot be written, nothing is handed out.
"""

from sqlalchemy import select

from score_web.accounts.models import Mandate, Organisation
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.core import clock
from score_web.core.db import db, insert_once
from score_web.enrolment.models import Enrolment
from score_web.permissions import Actor, Role
from score_web.privacy.models import Receipt
from score_web.privacy.sharing import Shared

OWNERS = {
    "assessment_round_id": lambda id_: select(AssessmentRound.enterprise_id).where(AssessmentRound.id == id_),
    "evidence_id": lambda id_: select(AssessmentRound.enterprise_id).join(Evidence).where(Evidence.id == id_),
    "enrolment_id": lambda id_: select(Enrolment.enterprise_id).where(Enrolment.id == id_),
}


def write_receipt(actor: Actor, what: Shared, argument: str, record_id: int) -> None:
    """Once a person, thing and day. Nothing for the enterprise's own people."""
    enterprise_id = db.session.scalar(OWNERS[argument](record_id))
    if enterprise_id in actor.organisations(Role.ENTERPRISE):
        return
    row = {"enterprise_id": enterprise_id, "person_id": actor.person_id, "what": what, "record_id": record_id, "day": clock.today()}
    there = select(Receipt.id).filter_by(**row)
    because = _because(actor, enterprise_id)
    if db.session.scalar(there) is not None:
        return
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(insert_once(Receipt).values(**row, because=because, at=clock.now()))


def _because(actor: Actor, enterprise_id: int) -> str:
    """A trainer's live mandate; else the institution for which somebody works."""
    now = clock.now()
    if enterprise_id in actor.mandates:
        live = select(Mandate.because).where(Mandate.enterprise_id == enterprise_id, Mandate.person_id == actor.person_id,
                                             Mandate.starts_at <= now, Mandate.ends_at > now)
        if because := db.session.scalar(live.order_by(Mandate.ends_at.desc()).limit(1)):
            return because
    own = actor.organisations(Role.PARTNER)
    responsible = db.session.scalar(select(Organisation.institution_id).where(Organisation.id == enterprise_id))
    return f"institution:{responsible if responsible in own else actor.institution_id}"
