"""Colleagues: heads invite, remove and make heads; invitations are accepted with an account or make one."""

import pytest

from score_web.accounts import services
from score_web.accounts.models import Link, MembershipRow
from score_web.accounts.queries import actor_of, person_by_email
from score_web.core.mail import Message
from score_web.core.paging import SIZE
from score_web.permissions import Role
from tests.accounts.test_registering import links_in, path_of
from tests.client import HTML, Client
from tests.factories import PASSWORD, add_membership, make_enterprise, make_institution, make_person

NEW = {"name": "Zhao Yi", "password": "teapot-Ladder-rain-7", "agreed": "y"}


def invite(client, organisation, email="new@factory.example", status=303, **more):
    return client.post(f"/en/accounts/colleagues/{organisation.id}/invite", {"email": email} | more, status=status)


def test_a_colleague_without_an_account_makes_one_and_is_in(client, app, database):
    enterprise, head = make_enterprise()
    page = client.sign_in(head).follow(invite(client, enterprise))
    assert "The invitation is on its way to new@factory.example. It is valid for 7 days." in page.text
    path = path_of(links_in(page)[0])
    guest = Client(app)
    assert guest.get(path).h1 == "You are invited"
    weak = guest.post(path, NEW | {"password": "woaini1314"}, status=200)
    assert "woaini" in weak.errors[0]
    assert guest.post(path, NEW).location == "/en/dashboard"
    person = person_by_email("new@factory.example")
    assert [(m.organisation_id, m.role, m.head) for m in actor_of(person).memberships] == [(enterprise.id, Role.ENTERPRISE, False)]
    assert "Zhao Yi" in guest.get("/en/accounts/colleagues").text
    Client(app).get(path, status=410)


def test_somebody_with_an_account_signs_in_and_accepts(client, app, database):
    enterprise, head = make_enterprise()
    known = make_person(email="known@factory.example")
    page = client.sign_in(head).follow(invite(client, enterprise, "known@factory.example", head="y"))
    path = path_of(links_in(page)[0])
    guest = Client(app).sign_in(known)
    assert "Accept" in guest.get(path).text
    guest.post(path)
    assert [(m.organisation_id, m.head) for m in actor_of(known).memberships] == [(enterprise.id, True)]


def test_the_invitation_page_does_not_tell_whether_there_is_an_account(client, app, database):
    enterprise, head = make_enterprise()
    make_person(email="known@factory.example")
    client.sign_in(head)
    pages = []
    for email in ("known@factory.example", "fresh@factory.example"):
        listed = client.follow(invite(client, enterprise, email))
        guest = Client(app).get(path_of(links_in(listed)[-1]))
        pages.append((listed.h1, guest.text.replace(email, "")))
    assert pages[0] == pages[1]
    path = path_of(links_in(client.follow(invite(client, enterprise, "known@factory.example")))[-1])
    refused = Client(app).post(path, NEW, status=200)
    assert refused.errors == [
        "This does not fit. If you have an account with this address, type its password or choose a new one under “Forgot password”."
    ]
    assert Client(app).post(path, NEW | {"password": PASSWORD}).location == "/en/dashboard"


def test_an_invitation_is_for_its_address_only(client, app, database):
    enterprise, head = make_enterprise()
    other = make_person()
    path = path_of(links_in(client.sign_in(head).follow(invite(client, enterprise)))[0])
    guest = Client(app).sign_in(other)
    assert f"You are signed in as {other.email}." in guest.get(path).text
    refused = guest.post(path, status=409)
    assert "This invitation is for another address." in refused.text
    assert database.session.query(Link).filter_by(purpose="invite").one().used_at is None


def test_an_invitation_can_be_withdrawn_by_its_own_heads(client, app, database):
    enterprise, head = make_enterprise()
    _, stranger = make_enterprise()
    path = path_of(links_in(client.sign_in(head).follow(invite(client, enterprise)))[0])
    link = database.session.query(Link).filter_by(purpose="invite").one()
    Client(app).sign_in(stranger).post(f"/en/accounts/invitations/{link.id}/withdraw", status=404)
    assert "Open invitations" in client.get("/en/accounts/colleagues").text
    client.post(f"/en/accounts/invitations/{link.id}/withdraw")
    Client(app).get(path, status=410)


def test_only_heads_invite_remove_and_make_heads(client, app, database):
    enterprise, head = make_enterprise()
    member, third = make_person("Member"), make_person("Third")
    row, other = [add_membership(p, enterprise, Role.ENTERPRISE) for p in (member, third)]
    guest = Client(app).sign_in(member)
    assert "Invite a colleague" not in guest.get("/en/accounts/colleagues").text
    guest.get(f"/en/accounts/colleagues/{enterprise.id}/invite", status=404)
    guest.post(f"/en/accounts/memberships/{other.id}/end", status=404)
    guest.post(f"/en/accounts/memberships/{other.id}/head", status=404)
    client.sign_in(head)
    client.post(f"/en/accounts/memberships/{row.id}/head")
    guest.get("/en/accounts/colleagues", status=303)
    assert "Invite a colleague" in guest.sign_in(member).get("/en/accounts/colleagues").text
    client.post(f"/en/accounts/memberships/{other.id}/end")
    assert actor_of(third).memberships == ()
    subjects = [m.subject_en for m in database.session.query(Message).filter_by(person_id=third.id)]
    assert subjects == [f"You no longer belong to {enterprise.name_en}"]


def test_the_last_active_person_cannot_leave_nor_the_last_head(client, database):
    enterprise, head = make_enterprise()
    row = database.session.query(MembershipRow).filter_by(person_id=head.id).one()
    client.sign_in(head)
    page = client.follow(client.post(f"/en/accounts/memberships/{row.id}/end"))
    assert "You are the last person there" in page.text
    colleague = make_person()
    second = add_membership(colleague, enterprise, Role.ENTERPRISE)
    page = client.follow(client.post(f"/en/accounts/memberships/{row.id}/end"))
    assert "This is the only head there" in page.text
    client.post(f"/en/accounts/memberships/{second.id}/head")
    client.post(f"/en/accounts/memberships/{row.id}/end")
    assert actor_of(head).memberships == ()


def test_who_comes_back_gets_the_old_row(client, app, database):
    enterprise, head = make_enterprise()
    back = make_person()
    row = add_membership(back, enterprise, Role.ENTERPRISE)
    services.end_membership(row, by=actor_of(head))
    token = services.invite(
        email=back.email, role=Role.ENTERPRISE, by=actor_of(head), language="zh", organisation=enterprise, inviter=enterprise
    )
    database.session.flush()
    services.accept_invitation(token, person=back)
    assert row.until is None
    assert database.session.query(MembershipRow).filter_by(person_id=back.id).count() == 1


@pytest.mark.parametrize("email", ["", "no-address", "a@b", "x" * 300 + "@y.cn", "名@例@x.cn"])
def test_a_wrong_address_is_said_beside_the_field(client, database, email):
    institution, head = make_institution()
    page = invite(client.sign_in(head), institution, email, 200)
    assert len(page.errors) == 1
    assert database.session.query(Link).count() == 0


@pytest.mark.both_engines
def test_long_lists_of_colleagues_and_institutions_come_in_pages(client, app, database):
    """Heads first, everybody once, forth and back."""
    institution, nation = make_institution(scope="all")
    for number in range(SIZE):
        add_membership(make_person(f"Person {number:02}"), institution, Role.PARTNER)
        make_institution(scope="31")
    add_membership(make_person("Last head"), institution, Role.PARTNER, head=True)
    client.sign_in(nation)
    people, places = f".//{HTML}ul[@class='checks']/{HTML}li//{HTML}b", f".//{HTML}tbody//{HTML}th"
    for path, name, total in (("colleagues", people, SIZE + 2), ("institutions", places, SIZE + 1)):
        first = client.get(f"/en/accounts/{path}")
        second = client.get(first.find_all("a", rel="next")[0].get("href"))
        shown = [[one.text_of(found) for found in one.tree.findall(name)] for one in (first, second)]
        assert [len(shown[0]), len(set(shown[0] + shown[1]))] == [SIZE, total]
        assert second.find_all("a", rel="next") == []
        assert client.get(second.find_all("a", rel="prev")[0].get("href")).text == first.text
        if path == "colleagues":
            assert shown[0][:2] == [nation.name, "Last head"]
