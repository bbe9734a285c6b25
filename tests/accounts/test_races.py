"""Ten people at the same moment, on both engines: links work once, tries are all counted, somebody always stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from score_web.accounts import services
from score_web.accounts.devices import Visitor
from score_web.accounts.models import Link, LinkPurpose, MembershipRow, Organisation, Person, Throttle
from score_web.accounts.services import throttle
from score_web.accounts.services.hashing import hash_fits
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.permissions import Role
from tests.factories import PASSWORD, add_membership, make_enterprise, make_person

pytestmark = pytest.mark.both_engines
MANY = 10


def all_at_once(app, *calls) -> list:
    """What each call returned, or the Refused it raised; every one has a transaction of its own."""
    gate = Barrier(len(calls))

    def run(call):
        with app.app_context():
            gate.wait(10)
            try:
                answer = call()
                db.session.commit()
            except Refused as no:
                db.session.rollback()
                answer = no
            finally:
                db.session.remove()
            return answer

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_one_activation_link_activates_once(app, database):
    services.register(email="lin@factory.example", name="Lin", password_hash="x", language="zh")
    link = db.session.query(Link).one()
    token = "known-token"
    from score_web.access import key_hash

    link.token_hash = key_hash(token)
    db.session.commit()
    answers = all_at_once(app, *[lambda: services.activate(token) and "active"] * MANY)
    assert sorted(map(type, answers), key=str) == sorted([Refused] * (MANY - 1) + [str], key=str)
    assert db.session.query(Organisation).count() == 1
    assert db.session.query(MembershipRow).count() == 1


def test_one_reset_link_sets_one_password(app, database):
    person = make_person()
    token = services.make_link(LinkPurpose.RESET, email=person.email, person=person)
    db.session.commit()
    answers = all_at_once(app, *[lambda n=n: services.reset_password(token, f"password-number-{n}") and n for n in range(MANY)])
    won = [answer for answer in answers if isinstance(answer, int)]
    assert len(won) == 1
    db.session.expire_all()
    assert services.password_fits(db.session.get(Person, person.id), f"password-number-{won[0]}")


def test_one_invitation_is_accepted_once(app, database):
    enterprise, _head = make_enterprise()
    token = services.invite(
        email="new@factory.example", role=Role.ENTERPRISE, by=None, language="zh", organisation=enterprise, inviter=enterprise
    )
    db.session.commit()
    answers = all_at_once(app, *[lambda: services.join(token, name="New", password_hash="x") and "in"] * MANY)
    assert answers.count("in") == 1
    assert db.session.query(Person).filter_by(email="new@factory.example").count() == 1


def test_registering_one_address_many_times_at_once_makes_one_person(app, database):
    answers = all_at_once(
        app, *[lambda: services.register(email="lin@factory.example", name="Lin", password_hash="x", language="zh")] * MANY
    )
    assert answers == [None] * MANY
    assert db.session.query(Person).count() == 1
    assert db.session.query(Link).count() == throttle.MAIL_ADDRESS.tries


def test_two_devices_that_sign_in_while_the_password_is_hashed_anew_both_get_in(app, database, monkeypatch):
    person, gate = make_person(), Barrier(2)
    email, old = person.email, person.password_hash
    db.session.commit()
    app.config["ARGON2"] = app.config["ARGON2"] | {"time_cost": 2}

    def both_have_read(stored, password):
        if stored == old:
            gate.wait(10)
        return hash_fits(stored, password)

    monkeypatch.setattr(services.sign_ins, "hash_fits", both_have_read)
    answers = all_at_once(
        app, *[lambda n=n: services.person_by_password(email, PASSWORD, visitor=Visitor(key=f"phone {n}"))[0].id for n in range(2)]
    )
    assert answers == [person.id] * 2
    db.session.expire_all()
    assert person.password_hash != old
    assert db.session.query(Throttle).filter(Throttle.tries > 0).count() == 0


def test_every_try_is_counted(app, database):
    db.session.rollback()
    answers = all_at_once(app, *[lambda: throttle.count(throttle.Limit("test", 4, 15), "somebody")] * MANY)
    assert sorted(answers) == [0] * 4 + [15] * 6
    assert db.session.query(Throttle).one().tries == MANY


def test_parallel_wrong_tries_are_all_counted_and_then_wait(app, database):
    """Ten at once on a limit that allows four: the other six wait, whoever they are, and count no further."""
    limit = throttle.Growing("test", 4)
    database.session.rollback()
    assert sorted(all_at_once(app, *[lambda: throttle.count(limit, "somebody")] * MANY)) == [0] * 4 + [1] * 6
    assert db.session.query(Throttle).one().tries == 4


def test_two_heads_who_remove_each_other_leave_one(app, database):
    enterprise, first = make_enterprise()
    row = db.session.query(MembershipRow).filter_by(person_id=first.id).one()
    other = add_membership(make_person(), enterprise, Role.ENTERPRISE, head=True)
    ids = [row.id, other.id]
    db.session.commit()
    answers = all_at_once(app, *[lambda n=n: services.end_membership(db.session.get(MembershipRow, n), by=None) for n in ids])
    assert [type(answer) for answer in answers].count(Refused) == 1
    db.session.expire_all()
    assert db.session.query(MembershipRow).filter_by(organisation_id=enterprise.id, until=None).count() == 1


def test_both_confirmations_at_once_change_the_address(app, database):
    from tests.factories import actor_of

    person = make_person()
    tokens = []
    make_link = services.profile.make_link
    services.profile.make_link = lambda *a, **k: tokens.append(make_link(*a, **k)) or tokens[-1]
    try:
        services.ask_email_change(actor_of(person), email="new@factory.example")
    finally:
        services.profile.make_link = make_link
    db.session.commit()
    answers = all_at_once(app, *[lambda t=t: services.confirm_email(t) for t in tokens])
    assert sorted(map(bool, answers)) == [False, True]
    db.session.expire_all()
    assert db.session.get(Person, person.id).email == "new@factory.example"
