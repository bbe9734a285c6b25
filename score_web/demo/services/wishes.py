"""What did invented people ask about their data, agree to, and who looked at their results?"""

from datetime import timedelta

from score_web.accounts.models import Person
from score_web.accounts.queries import actor_of
from score_web.assessment.queries import latest_submitted
from score_web.core import clock
from score_web.core.db import db
from score_web.privacy.models import Receipt
from score_web.privacy.purposes import RESEARCH
from score_web.privacy.services import ask, give
from score_web.privacy.sharing import Shared


def invent_wishes(enterprise: Person, partner: Person) -> None:
    """Two days ago: a consent, a correction that waits for an answer, and a look of the institution at the results."""
    actor = actor_of(enterprise)
    give(RESEARCH, by=actor)
    ask("操作记录里我的名字少了一个字，请帮忙核对。", by=actor)
    results = latest_submitted(actor.enterprise_id, 1)
    for what, days in ((Shared.RESULTS, 0), (Shared.REPORT, 0), (Shared.RESULTS, 1)):
        at = clock.now() + timedelta(days=days)
        db.session.add(Receipt(
            enterprise_id=actor.enterprise_id, person_id=partner.id, what=what, record_id=results.id,
            because=f"institution:{actor_of(partner).institution_id}", day=clock.in_china(at).date(), at=at))
    db.session.flush()
