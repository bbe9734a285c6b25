"""What partner staff may do with accounts in their scope, institutions, and the command line."""

import re
from datetime import timedelta

import pytest

from score_web.accounts.models import Link, Organisation
from score_web.accounts.queries import COMING_AND_GOING, actor_of, people_visible_to, person_by_email
from score_web.accounts.scopes import is_within_reach
from score_web.core import audit, clock
from score_web.core.mail import Message
from score_web.core.paging import SIZE
from score_web.permissions import Permission, Role, permitted
from tests.accounts.test_colleagues import NEW
from tests.accounts.test_registering import path_of
from tests.client import Client
from tests.factories import PASSWORD, add_membership, make_enterprise, make_institution, make_person, make_trainer


class Town:
    """Ningbo and Chongqing with an enterprise, a trainer and staff each, and a nationwide institution."""

    def __init__(self):
        self.ningbo, self.head = make_institution("宁波", scope="3302")
        self.chongqing, self.far = make_institution("重庆", scope="50")
        self.national, self.nation = make_institution("全国", scope="all")
        _, self.owner = make_enterprise(institution=self.ningbo)
        _, self.far_owner = make_enterprise(institution=self.chongqing, division_code="500000")
        _, self.fresh = make_enterprise(state=None)
        _, self.trainer = make_trainer(self.ningbo)
        self.clerk = make_person("Clerk")
        add_membership(self.clerk, self.ningbo, Role.PARTNER)
        self.both = make_person("Both")
        add_membership(self.both, self.ningbo, Role.TRAINER)
        add_membership(self.both, self.national, Role.PARTNER)
        self.gone = make_person("Gone")
        add_membership(self.gone, self.ningbo, Role.TRAINER).until = clock.now()
        self.everybody = [v for v in vars(self).values() if not isinstance(v, Organisation)]


@pytest.fixture
def town(database):
    return Town()


def test_the_list_shows_exactly_the_people_that_open(database, town):
    for name in ("head", "far", "nation", "owner", "trainer", "clerk", "both"):
        actor = actor_of(getattr(town, name))
        seen = set(database.session.scalars(people_visible_to(actor)))
        assert seen == {p for p in town.everybody if permitted(Permission.PERSON_OVERSEE, actor, p)}, name
    assert set(database.session.scalars(people_visible_to(actor_of(town.head)))) == {town.owner, town.trainer, town.clerk, town.both}


def test_reach_ends_where_a_role_goes_further(database, town):
    def reaches(who, whom):
        return is_within_reach(actor_of(who), whom.live_memberships)

    assert [reaches(town.head, p) for p in (town.owner, town.trainer, town.clerk, town.both, town.far_owner)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [reaches(town.clerk, p) for p in (town.owner, town.trainer, town.head)] == [True, True, False]
    assert [reaches(town.nation, p) for p in (town.owner, town.far, town.head, town.both)] == [True, True, True, True]
    assert not reaches(town.both, town.nation)


def test_suspending_holds_at_once_and_is_told_with_the_reason(client, app, database, town):
    phone = Client(app).sign_in(town.owner)
    client.sign_in(town.clerk)
    path = f"/en/accounts/people/{town.owner.id}"
    assert client.post(f"{path}/suspend", {"reason": " "}, status=200).errors == ["Write the reason: the person will read it."]
    assert client.post(f"{path}/suspend", {"reason": "离职 <b>未交接</b>"}).location == path
    phone.get("/en/accounts/profile", status=303)
    page = client.get(path)
    assert "离职 <b>未交接</b>" in page.text
    told = database.session.query(Message).filter_by(person_id=town.owner.id).one()
    assert told.subject_en == "Your account is suspended"
    assert "离职 <b>未交接</b>" in told.body_en
    again = client.post(f"{path}/suspend", {"reason": "once more"}, status=409)
    assert ("This account is suspended already." in again.text, again.value("reason")) == (True, "once more")
    client.post(f"{path}/restore", {"reason": "back"})
    assert [e.action for e in audit.history(town.owner, without=COMING_AND_GOING)] == ["person.restored", "person.suspended"]
    assert Client(app).sign_in(town.owner)


def test_strangers_get_404_and_wider_accounts_are_refused(client, database, town):
    client.sign_in(town.clerk)
    for person in (town.far_owner, town.fresh, town.gone, town.clerk):
        client.get(f"/en/accounts/people/{person.id}", status=404)
        client.post(f"/en/accounts/people/{person.id}/link", status=404)
        client.post(f"/en/accounts/people/{person.id}/suspend", {"reason": "x"}, status=404)
    for person in (town.both, town.head):
        assert "only the institution there can do this" in client.get(f"/en/accounts/people/{person.id}").text
        client.post(f"/en/accounts/people/{person.id}/suspend", {"reason": "x"}, status=409)
        refused = client.follow(client.post(f"/en/accounts/people/{person.id}/link"))
        assert "only the institution there can do this" in refused.text
    assert database.session.query(Link).count() == 0


def test_a_link_to_hand_over_is_shown_once_and_sets_a_password(client, app, database, town):
    page = client.follow(client.sign_in(town.clerk).post(f"/en/accounts/people/{town.owner.id}/link"))
    href = re.search(r"http\S+/accounts/reset/[\w-]+", page.text)[0]
    assert "no-store" in page.response.headers["Cache-Control"]
    assert href in client.get("/zh/accounts/people/link").html, "the language switch does not lose it"
    with clock.at(clock.now() + timedelta(minutes=11)):
        client.get("/en/accounts/people/link", status=303)
    assert href not in client.get(f"/en/accounts/people/{town.owner.id}").html
    guest = Client(app)
    assert town.owner.email in guest.get(path_of(href)).text
    guest.post(path_of(href), {"password": "teapot-Ladder-rain-7"})
    told = [m.subject_en for m in database.session.query(Message).filter_by(person_id=town.owner.id).order_by(Message.id)]
    assert told == ["A link for a new password was made for you", "Your password was changed"]


def invite(client, email: str, role: str = "trainer", language: str = "zh"):
    """The page with the link to hand over."""
    return client.follow(client.post("/en/accounts/people/invite", {"email": email, "role": role, "language": language}))


def test_a_link_is_in_the_language_of_who_gets_it(client, database, town):
    client.sign_in(town.clerk)
    assert "/zh/accounts/invitation/" in invite(client, "t@trainer.example", language="zh").text
    town.owner.language = "zh"
    assert "/zh/accounts/reset/" in client.follow(client.post(f"/en/accounts/people/{town.owner.id}/link")).text


def test_a_trainer_is_invited_by_mail_or_by_hand(client, app, database, town):
    client.sign_in(town.clerk)
    known = invite(client, town.far.email)
    page = invite(client, "t@trainer.example")
    assert known.h1 == page.h1 == "Link to hand over"
    href = re.search(r"http\S+/accounts/invitation/[\w-]+", page.text)[0]
    Client(app).post(path_of(href), NEW)
    assert [(m.role, m.organisation_id) for m in actor_of(person_by_email("t@trainer.example")).memberships] == [
        (Role.TRAINER, town.ningbo.id)
    ]


def test_an_enterprise_without_mail_is_invited_and_founds_itself(client, app, database, town):
    page = invite(client.sign_in(town.clerk), "boss@factory.example", role="enterprise")
    Client(app).post(path_of(re.search(r"http\S+/accounts/invitation/[\w-]+", page.text)[0]), NEW)
    membership = actor_of(person_by_email("boss@factory.example")).memberships[0]
    assert (membership.role, membership.head) == (Role.ENTERPRISE, True)
    assert membership.organisation_id not in {town.ningbo.id, town.chongqing.id}


def test_a_renewed_link_replaces_the_old_one(client, app, database, town):
    client.sign_in(town.clerk)
    first = invite(client, "t@trainer.example")
    link = database.session.query(Link).one()
    assert "t@trainer.example" in client.get("/en/accounts/people").text
    Client(app).sign_in(town.far).post(f"/en/accounts/invitations/{link.id}/link", status=404)
    second = client.follow(client.post(f"/en/accounts/invitations/{link.id}/link"))
    hrefs = [re.search(r"http\S+/accounts/invitation/[\w-]+", page.text)[0] for page in (first, second)]
    Client(app).get(path_of(hrefs[0]), status=410)
    Client(app).get(path_of(hrefs[1]))


def test_the_role_of_an_invitation_is_one_of_two(client, database, town):
    page = client.sign_in(town.clerk).post("/en/accounts/people/invite", {"email": "t@trainer.example", "role": "partner"}, status=200)
    assert len(page.errors) == 1
    assert database.session.query(Link).count() == 0


def test_people_are_found_by_two_characters_and_filtered(client, database, town):
    town.trainer.name = "王小明"
    client.sign_in(town.head)
    assert "王小明" in client.get("/en/accounts/people?q=小明").text
    assert "王小明" not in client.get("/en/accounts/people?q=%25%25").text
    page = client.get("/zh/accounts/people?role=trainer")
    assert ("王小明" in page.text, town.owner.name in page.text) == (True, False)
    assert "没有找到" in client.get("/zh/accounts/people?q=查无此人").text
    for odd in ("page=-1", "page=x", "page=99999999999999999999", "role=nonsense", "q=%00%F0%9F%98%80"):
        client.get(f"/en/accounts/people?{odd}")


def test_long_lists_come_in_pages(client, database, town):
    for n in range(51):
        add_membership(make_person(f"Walker {n}"), town.ningbo, Role.TRAINER)
    client.sign_in(town.head)
    first = client.get("/en/accounts/people")
    second = client.get(first.find_all("a", rel="next")[0].get("href"))
    assert ("Walker 50" in first.text, "Walker 0 " in first.text, "Walker 0 " in second.text) == (True, False, True)
    assert "Walker 50" in client.get(second.find_all("a", rel="prev")[0].get("href")).text


@pytest.mark.both_engines
def test_open_invitations_come_in_pages_the_newest_first(client, database, town):
    of = {"by_organisation_id": town.ningbo.id, "organisation_id": town.ningbo.id, "role": "trainer", "language": "en"}
    tomorrow = clock.now() + timedelta(days=1)
    for n in range(SIZE + 3):
        ends = tomorrow + timedelta(hours=n // 2)  # two at the same instant, so also the last of a page and the first of the next
        database.session.add(Link(token_hash=f"{n}", purpose="invite", email=f"guest{n}@example.com", data=of, expires_at=ends))
    database.session.commit()
    client.sign_in(town.head)
    newest = [f"guest{n}@example.com" for n in reversed(range(SIZE + 3))]
    for path in ("/en/accounts/people", "/en/accounts/colleagues"):
        first = client.get(path)
        second = client.get(first.find_all("a", rel="next")[0].get("href"))
        assert [re.findall(r">(guest\d+@example.com)<", page.html) for page in (first, second)] == [newest[:SIZE], newest[SIZE:]]


def test_nationwide_partners_found_institutions(client, app, database, town):
    client.sign_in(town.nation)
    facts = {"name_zh": "四川省企业联合会", "name_en": "", "scope": "51，5000", "contact": "028", "email": "sichuan@partner.example"}
    wrong = client.post("/en/accounts/institutions/new", facts | {"scope": "51，9900"}, status=200)
    assert (len(wrong.errors), wrong.value("name_zh")) == (1, "四川省企业联合会")
    page = client.follow(client.post("/en/accounts/institutions/new", facts))
    institution = database.session.query(Organisation).filter_by(name_zh="四川省企业联合会").one()
    assert (institution.kind, institution.scope) == ("institution", "51,5000")
    Client(app).post(path_of(re.search(r"http\S+/accounts/invitation/[\w-]+", page.text)[0]), NEW)
    assert [(m.role, m.head) for m in actor_of(person_by_email("sichuan@partner.example")).memberships] == [(Role.PARTNER, True)]
    client.post(f"/en/accounts/institutions/{institution.id}/edit", facts | {"name_en": "Sichuan", "scope": "51"})
    assert (institution.name_en, institution.scope) == ("Sichuan", "51")
    assert audit.history(institution)[0].words["was"] == {"name_en": "", "scope": "51,5000"}


def test_others_found_none(client, database, town):
    client.sign_in(town.head)
    client.get("/en/accounts/institutions", status=403)
    client.get("/en/accounts/institutions/new", status=403)
    client.get(f"/en/accounts/institutions/{town.ningbo.id}/edit", status=404)
    client.sign_in(town.owner).get("/en/accounts/people", status=403)


def test_an_enterprise_is_no_institution(client, database, town):
    enterprise, _ = make_enterprise()
    client.sign_in(town.nation).get(f"/en/accounts/institutions/{enterprise.id}/edit", status=404)


def test_the_command_line_founds_the_first_institution(app, client, database):
    runner = app.test_cli_runner()
    done = runner.invoke(args=["accounts", "invite", "--institution", "国家中心", "--scope", "ALL", "--email", "First@Partner.example"])
    assert done.exit_code == 0, done.output
    path = path_of(done.output.strip().splitlines()[-1])
    assert path.startswith("/zh/accounts/invitation/")
    client.post(path, NEW)
    assert actor_of(person_by_email("first@partner.example")).is_nationwide
    for wrong in (["--scope", "nowhere", "--email", "a@b.cn"], ["--scope", "all", "--email", "nobody"]):
        assert runner.invoke(args=["accounts", "invite", "--institution", "X", *wrong]).exit_code == 2
    assert "Chinese name" in runner.invoke(args=["accounts", "invite", "--help"]).output


def test_an_invitation_runs_out_after_a_week(client, database, town):
    page = invite(client.sign_in(town.clerk), "t@trainer.example")
    link = database.session.query(Link).one()
    assert link.expires_at - link.created_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=5))
    link.expires_at = clock.now()
    client.get(path_of(re.search(r"http\S+/accounts/invitation/[\w-]+", page.text)[0]), status=410)
    assert "t@trainer.example" not in client.get("/en/accounts/people").text


@pytest.mark.both_engines
def test_numbers_and_tokens_that_cannot_be_are_404_or_gone(client, database, town):
    client.sign_in(town.head)
    for path in ("people/999999", "people/99999999999999999999", "inbox/99999999999999999999"):
        client.get(f"/en/accounts/{path}", status=404)
    for kind in ("activate", "reset", "invitation", "confirm-email"):
        client.get(f"/en/accounts/{kind}/{'x' * 300}", status=410)
        client.get(f"/en/accounts/{kind}/%00%F0%9F%98%80", status=410)
    client.get("/en/accounts/sign-in")
    client.post("/en/accounts/sign-in", {"email": "a\x00b😀@x.cn", "password": "\x00" + PASSWORD}, status=422)
