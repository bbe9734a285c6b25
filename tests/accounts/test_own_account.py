"""The own account: profile, e-mail change on both addresses, inbox, closing."""

import pytest

from score_web.accounts import services
from score_web.accounts.models import MembershipRow, Organisation, Person
from score_web.accounts.queries import COMING_AND_GOING, actor_of
from score_web.core import audit, mail
from score_web.core.mail import Message
from score_web.permissions import Role
from tests.accounts.test_registering import links_in, path_of
from tests.client import Client
from tests.factories import PASSWORD, add_membership, make_enterprise, make_institution, make_person


def test_the_profile_keeps_name_phone_and_language(client, database):
    person = make_person("Lin")
    client.sign_in(person)
    wrong = client.post("/en/accounts/profile", {"name": "林美", "phone": "123", "language": "zh"}, status=200)
    assert wrong.errors == [
        "This is no phone number. Type a mobile number such as 13800138000, or a landline with its area code such as 0574-87654321."
    ]
    assert (wrong.value("name"), wrong.value("phone"), wrong.value("language")) == ("林美", "123", "zh")
    long = client.post("/en/accounts/profile", {"name": "林美", "phone": "1" * 41, "language": "zh"}, status=200)
    assert long.errors == ["At most 40 characters."]
    client.post("/en/accounts/profile", {"name": " 林美 ", "phone": "138 0013 8000", "language": "zh"})
    assert (person.name, person.phone, person.language) == ("林美", "+8613800138000", "zh")
    page = client.post("/en/accounts/profile", {"name": "林美", "phone": "", "language": "fr"}, status=200)
    assert len(page.errors) == 1


def ask_for(client, email, current=PASSWORD, status=303):
    return client.post("/en/accounts/email", {"email": email, "current": current}, status=status)


def test_a_new_address_is_confirmed_on_both(client, app, database):
    person = make_person(email="old@factory.example")
    client.sign_in(person)
    assert ask_for(client, "new@factory.example", "wrong-password", 200).errors == ["This is not your current password."]
    assert ask_for(client, "old@factory.example", status=200).errors == ["This is your address already."]
    old, new = [path_of(href) for href in links_in(client.follow(ask_for(client, "new@factory.example")))]
    elsewhere = Client(app)
    assert elsewhere.get(new).h1 == "Confirm the new e-mail"
    elsewhere.post(new)
    assert person.email == "old@factory.example"
    elsewhere.get(new, status=410)
    client.post(old)
    assert person.email == "new@factory.example"
    assert [e.action for e in audit.history(person, without=COMING_AND_GOING)] == ["person.email_changed"]
    told = database.session.query(Message).filter_by(address="old@factory.example").order_by(Message.id.desc()).first()
    assert told.subject_en == "Your e-mail was changed"
    assert (told.person_id, told.private) == (person.id, True), "it goes when the account does, and is no news in the inbox"


def test_a_taken_address_is_not_given_away(client, database):
    make_person(email="taken@factory.example")
    person = make_person()
    client.sign_in(person)
    free = client.follow(ask_for(client, "free@factory.example"))
    taken = client.follow(ask_for(client, "taken@factory.example"))
    assert free.h1 == taken.h1
    assert database.session.query(Message).filter_by(address="taken@factory.example").one().subject_en == "You already have an account"
    client.post(path_of(links_in(taken)[0]))
    assert person.email != "taken@factory.example"


def test_a_newer_wish_replaces_the_older_one(client, database):
    person = make_person()
    client.sign_in(person)
    first = [path_of(href) for href in links_in(client.follow(ask_for(client, "first@factory.example")))]
    ask_for(client, "second@factory.example")
    for path in first:
        client.get(path, status=410)


def test_an_address_typed_by_somebody_who_never_confirmed_it_is_free(client, database):
    services.register(email="new@factory.example", name="Nobody", password_hash="x", language="zh")
    person = make_person()
    client.sign_in(person)
    for href in links_in(client.follow(ask_for(client, "new@factory.example"))):
        client.post(path_of(href))
    assert person.email == "new@factory.example"
    assert database.session.query(Person).filter(Person.email.like("unconfirmed-%")).count() == 1


def test_the_inbox_marks_what_is_new_and_opening_reads_it(client, app, database):
    person, other = make_person(language="zh"), make_person()
    for name in ("A", "B"):
        mail.send("accounts/email_password_changed.txt", to=person, path=f"/accounts/{name}")
    page = client.sign_in(person).get("/en/accounts/inbox")
    assert page.text.count("Your password was changed") == 2
    assert "您的密码已修改" in client.get("/zh/accounts/inbox").text
    newest = database.session.query(Message).order_by(Message.id.desc()).first()
    client.get(f"/en/accounts/inbox/{newest.id}")
    assert (newest.read_at, actor_of(person).unread) == (None, 2)
    opened = client.follow(client.post(f"/en/accounts/inbox/{newest.id}/open"))
    assert "/en/accounts/B" in opened.links()
    assert actor_of(person).unread == 1
    stranger = Client(app).sign_in(other)
    stranger.get(f"/en/accounts/inbox/{newest.id}", status=404)
    stranger.post(f"/en/accounts/inbox/{newest.id}/open", status=404)
    assert "No messages yet" in stranger.get("/en/accounts/inbox").text
    client.post("/en/accounts/inbox/read")
    assert actor_of(person).unread == 0


def test_one_time_links_never_lie_in_the_inbox(client, database):
    person = make_person()
    client.post("/en/accounts/forgot", {"email": person.email})
    assert "No messages yet" in client.sign_in(person).get("/en/accounts/inbox").text


def close(client, status=303, **more):
    return client.post("/en/accounts/close", {"current": PASSWORD, "sure": "y"} | more, status=status)


def test_closing_erases_the_person_and_leaves_the_enterprise(client, database):
    enterprise, head = make_enterprise()
    second = make_person("Second", phone="+8613800138000")
    add_membership(second, enterprise, Role.ENTERPRISE)
    client.sign_in(second)
    assert close(client, 200, current="wrong-password").errors == ["This is not your current password."]
    assert close(client, 200, sure="").errors == ["Tick this if you really want to close it."]
    assert close(client).location == "/en/"
    client.get("/en/accounts/profile", status=303)
    assert (second.name, second.phone, second.password_hash) == ("", "", "")
    assert second.email == f"closed-{second.id}@example.invalid"
    assert second.closed_at is not None
    assert second.live_memberships == []
    assert database.session.query(Message).filter_by(person_id=second.id).count() == 0
    assert [m.person_id for m in database.session.query(MembershipRow).filter_by(organisation_id=enterprise.id, until=None)] == [head.id]


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ([], "You are the last person there: invite a colleague and make that person head first."),
        ([{"suspended": True}], "You are the last person there: invite a colleague and make that person head first."),
        ([{"suspended": False}], "This is the only head there: make a colleague head first."),
    ],
)
def test_the_last_person_and_the_last_head_cannot_close(client, database, others, sentence):
    institution, _ = make_institution()
    enterprise, head = make_enterprise(institution=institution)
    for other in others:
        person = make_person(**({"suspended_at": head.activated_at} if other["suspended"] else {}))
        add_membership(person, enterprise, Role.ENTERPRISE)
    page = close(client.sign_in(head), 409)
    assert sentence in page.text
    assert head.closed_at is None


def test_who_only_registered_may_close_and_the_empty_enterprise_goes_too(client, database):
    enterprise, head = make_enterprise(state=None)
    close(client.sign_in(head))
    assert database.session.get(Organisation, enterprise.id).closed_at is not None
