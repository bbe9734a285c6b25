"""Which other enterprises can this one be compared with, and how do they stand?"""

from collections import defaultdict

from sqlalchemy import and_, func, or_, select

from score_web.assessment.benchmark import Benchmark, Other, benchmarks
from score_web.assessment.lenses import Lens
from score_web.assessment.models import AssessmentRound, LensValue
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.enrolment import queries as enrolments
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState

APPROVED = or_(Enrolment.state == EnrolmentState.APPROVED,
               and_(Enrolment.approved_before, Enrolment.state.in_([EnrolmentState.SUBMITTED, EnrolmentState.RETURNED])))


def benchmarks_of(round_: AssessmentRound) -> list[Benchmark] | None:
    """Medians of the same sector and the same province; empty where too few others stand. None for who is not approved: an enrolment
    may name any sector and place, and whoever hands in one after the other could compare all circles with each other."""
    if not enrolments.is_approved(round_.enterprise_id):
        return None
    own = enrolments.enrolment_of(round_.enterprise_id)
    return benchmarks(_others(round_, own)) if own.division_code and own.sector else []


def _others(round_: AssessmentRound, own: Enrolment) -> list[Other]:
    """One row per enterprise and theme: the database adds up, so thousands of enterprises stay quick.

    Approved ones only: nobody can invent four enterprises to lay open a fifth.
    """
    same_sector, same_province = Enrolment.sector == own.sector, Enrolment.division_code.startswith(own.division_code[:2])
    latest = (
        select(AssessmentRound.enterprise_id, func.max(AssessmentRound.number).label("number"))
        .join(Enrolment, Enrolment.enterprise_id == AssessmentRound.enterprise_id)
        .where(AssessmentRound.module == round_.module, AssessmentRound.state == RoundState.SUBMITTED,
               AssessmentRound.enterprise_id != round_.enterprise_id,
               APPROVED, or_(same_sector, same_province))
        .group_by(AssessmentRound.enterprise_id).subquery()
    )
    theme = func.substr(LensValue.statement, 1, len(f"M{round_.module}-A")).label("theme")
    rows = db.session.execute(
        select(latest.c.enterprise_id, Enrolment.sector, Enrolment.division_code, theme, func.sum(LensValue.sum), func.sum(LensValue.n))
        .join(Enrolment, Enrolment.enterprise_id == latest.c.enterprise_id)
        .join(AssessmentRound, and_(AssessmentRound.enterprise_id == latest.c.enterprise_id, AssessmentRound.module == round_.module,
                                    AssessmentRound.number == latest.c.number))
        .join(LensValue, and_(LensValue.round_id == AssessmentRound.id, LensValue.lens == Lens.SELF))
        .group_by(latest.c.enterprise_id, Enrolment.sector, Enrolment.division_code, theme)
    )
    themes: dict[tuple, dict[str, tuple[int, int]]] = defaultdict(dict)
    for enterprise_id, sector, division, letter, total, number in rows:
        themes[enterprise_id, sector == own.sector, division[:2] == own.division_code[:2]][letter] = (total, number)
    return [Other(*who, found) for who, found in themes.items()]
