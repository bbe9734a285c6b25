"""Whose power ends when? After a transfer, a removal or a suspension nothing is left over, and no link reaches further than its maker."""


import pytest

from score_web.accounts import services as accounts
from score_web.accounts.models import Link, LinkPurpose, MembershipRow, Organisation
from score_web.accounts.queries import actor_of, live_link
from score_web.core import clock
from score_web.core.db import db
from score_web.core.mail import base_url
from score_web.enrolment import services as enrolment
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Permission, Role, permitted
from tests.factories import add_membership, make_booking, make_enterprise, make_institution, make_person, make_trainer

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


def invite_head(organisation, *, by, email="head2@example.com", role=Role.PARTNER) -> str:
    made = {"organisation": organisation, "inviter": organisation, "head": True}
    return accounts.invite(email=email, role=role, by=actor_of(by), language="en", **made)


def test_staff_take_no_invitation_meant_for_a_head():
    """Whoever gets a fresh link could accept it: an invitation of colleagues is for the institution's head alone."""
    institution, head = make_institution()
    staff = make_person()
    add_membership(staff, institution, Role.PARTNER)
    invite_head(institution, by=head)
    accounts.invite(
        email="trainer9@example.com", role=Role.TRAINER, by=actor_of(head), language="en", organisation=institution, inviter=institution
    )
    db.session.flush()
    may = {
        link.email: [permitted(Permission.INVITATION_MANAGE, actor_of(one), link) for one in (head, staff)]
        for link in db.session.scalars(db.select(Link))
    }
    assert may == {"head2@example.com": [True, False], "trainer9@example.com": [True, True]}


def test_staff_see_only_invitations_they_may_touch(client):
    institution, head = make_institution()
    staff = make_person()
    add_membership(staff, institution, Role.PARTNER)
    invite_head(institution, by=head)
    db.session.flush()
    link = db.session.scalar(db.select(Link))
    client.sign_in(staff)
    assert "head2@example.com" not in client.get("/en/accounts/people").text
    client.post(f"/en/accounts/invitations/{link.id}/link", status=404)
    client.post(f"/en/accounts/invitations/{link.id}/withdraw", status=404)
    db.session.refresh(link)
    assert link.used_at is None


@pytest.mark.parametrize("how", ["suspended", "removed"])
def test_what_somebody_handed_out_ends_with_his_power(how):
    """Else a suspended head lets himself in again through an invitation he wrote before."""
    institution, partner = make_institution()
    enterprise, head = make_enterprise(institution=institution)
    other = make_person()
    add_membership(other, enterprise, Role.ENTERPRISE, head=True)
    db.session.flush()
    token = invite_head(enterprise, by=head, email="back-door@example.com", role=Role.ENTERPRISE)
    db.session.flush()
    assert live_link(token, LinkPurpose.INVITE)
    if how == "suspended":
        accounts.suspend(head, by=actor_of(partner), reason="Left in anger")
    else:
        accounts.end_membership(db.session.scalar(db.select(MembershipRow).filter_by(person_id=head.id)), by=actor_of(other))
    assert live_link(token, LinkPurpose.INVITE) is None


def test_a_dismissed_trainer_sees_no_booking(client):
    institution, _ = make_institution()
    enterprise, _ = make_enterprise(institution=institution)
    _, trainer = make_trainer(institution)
    booking = make_booking(enterprise, trainer)
    client.sign_in(trainer)
    client.get(f"/en/booking/{booking.id}")
    db.session.scalar(db.select(MembershipRow).filter_by(person_id=trainer.id)).until = clock.now()
    client.get(f"/en/booking/{booking.id}", status=404)
    client.get(f"/en/booking/{booking.id}/calendar.ics", status=404)
    client.post(f"/en/booking/{booking.id}/decline", {"reason": "I am gone"}, status=404)
    assert enterprise.name_en not in client.get("/en/booking/").text


def test_links_in_mails_never_lead_to_a_host_that_the_sender_names(app):
    """Who asks for somebody else's reset link with a Host of his own must not find his host in the mail."""
    app.config["DEMO"] = False
    with app.test_request_context("/en/accounts/forgot", headers={"Host": "evil.example"}):
        assert base_url() == "http://127.0.0.1:5000"
        app.config["BASE_URL"] = "https://score.example.org/"
        assert base_url() == "https://score.example.org"
