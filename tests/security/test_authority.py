"""Whose power ends when? After a transfer, a removal or a suspension nothing is left over, and no link reaches further than its maker."""

import pytest

from score_web.accounts import services as accounts
from score_web.accounts.models import Link, MembershipRow, Organisation
from score_web.accounts.queries import actor_of, live_link
from score_web.accounts.models import LinkPurpose
from score_web.core import clock
from score_web.core.db import db
from score_web.enrolment import services as enrolment
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Permission, Role, permitted
from tests.factories import add_membership, make_enterprise, make_institution, make_person, make_trainer

pytestmark = pytest.mark.usefixtures("database")


def test_a_transfer_moves_the_enterprise_at_once():
    """Results follow the enterprise's institution: the old one reads nothing more, the new one reads at once."""
    old, partner = make_institution(scope="3302")
    new, _ = make_institution(scope="33")
    enterprise, _ = make_enterprise(state=EnrolmentState.SUBMITTED, institution=old)
    db.session.commit()
    row = enrolment_of(enterprise.id)
    assert row.enterprise.name_zh  # loaded before, as on a page that shows its name
    enrolment.transfer_enrolment(row, to_id=new.id, by=actor_of(partner), shown=row.version, reason="Wrong place")
    db.session.commit()
    assert db.session.get(Organisation, enterprise.id).institution_id == new.id
    assert not permitted(Permission.ENROLMENT_DECIDE, actor_of(partner), row)
