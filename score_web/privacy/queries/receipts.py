"""Who from outside may see, or has seen, what of an enterprise?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from score_web.accounts.models import Mandate, MembershipRow, Organisation
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.enrolment.queries import enrolment_of
from score_web.permissions import Role
from score_web.privacy.models import Receipt
from score_web.privacy.sharing import Shared

PAGE = 50


@dataclass(frozen=True)
class Handover:
    """The enrolment came to another institution."""

    at: datetime
    to: Organisation | None


def receipts_page(enterprise_id: int, page: int) -> dict:
    """Who may see it now or might before, and one page of who did, newest first."""
    rows = db.session.scalars(
        select(Receipt)
        .where(Receipt.enterprise_id == enterprise_id)
        .options(joinedload(Receipt.person))
        .order_by(Receipt.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    enterprise = db.session.get(Organisation, enterprise_id)
    return {
        "enterprise": enterprise,
        "rows": rows[:PAGE],
        "more": len(rows) > PAGE,
        "now": clock.now(),
        "houses": _houses({row.person_id for row in rows} | {m.person_id for m in mandates_ever(enterprise_id)}),
        "mandates": mandates_ever(enterprise_id),
        "handovers": handovers(enterprise_id),
        "institutions": _institutions(rows),
        "rounds": _rounds(rows),
        "ends": {(mandate.person_id, mandate.because): mandate.ends_at for mandate in mandates_ever(enterprise_id)},
    }


def mandates_ever(enterprise_id: int) -> list[Mandate]:
    """Newest first, those that ended too."""
    return list(
        db.session.scalars(
            select(Mandate).where(Mandate.enterprise_id == enterprise_id).options(joinedload(Mandate.person)).order_by(Mandate.id.desc())
        )
    )


def handovers(enterprise_id: int) -> list[Handover]:
    """Every institution that became responsible, newest first."""
    enrolment = enrolment_of(enterprise_id)
    events = [e for e in audit.history(enrolment) if e.action in ("enrolment.submit", "enrolment.transfer")] if enrolment else []
    ids = {_to(event) for event in events}
    known = {o.id: o for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    return [Handover(event.at, known.get(_to(event))) for event in events]


def _to(event) -> int | None:
    return event.data.get("to") or event.data.get("institution") or event.institution_id


def _houses(person_ids: set[int]) -> dict[int, Organisation]:
    """For whom these trainers and staff work or worked, the present place first."""
    rows = db.session.scalars(
        select(MembershipRow)
        .where(MembershipRow.person_id.in_(person_ids), MembershipRow.role.in_([Role.PARTNER.value, Role.TRAINER.value]))
        .options(joinedload(MembershipRow.organisation))
        .order_by(MembershipRow.until.is_not(None).desc(), MembershipRow.id.desc())
    )
    return {row.person_id: row.organisation for row in rows}


def _institutions(rows) -> dict[str, Organisation]:
    ids = {int(row.because.partition(":")[2]) for row in rows if row.because.startswith("institution:")}
    return {f"institution:{o.id}": o for o in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}


def _rounds(rows) -> dict[tuple[Shared, int], AssessmentRound]:
    """Of which self-assessment something was: by what, and the number of its record."""
    evidence = {row.record_id for row in rows if row.what is Shared.EVIDENCE}
    pieces = db.session.execute(select(Evidence.id, Evidence.round_id).where(Evidence.id.in_(evidence))).all()
    of_piece = {piece.id: piece.round_id for piece in pieces}
    ids = {row.record_id for row in rows if row.what not in (Shared.EVIDENCE, Shared.ENROLMENT)} | set(of_piece.values())
    known = {round_.id: round_ for round_ in db.session.scalars(select(AssessmentRound).where(AssessmentRound.id.in_(ids)))}
    found = {(row.what, row.record_id): known.get(of_piece.get(row.record_id) if row.what is Shared.EVIDENCE else row.record_id)
             for row in rows if row.what is not Shared.ENROLMENT}
    return {key: round_ for key, round_ in found.items() if round_}
