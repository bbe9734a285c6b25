"""Wrong tries wait longer and longer, per account and per network address; nobody can lock somebody else out of a known device."""

from datetime import timedelta

import pytest

from score_web.accounts.models import Throttle
from score_web.accounts.services import throttle
from score_web.core import clock
from score_web.core.db import db
from tests.accounts.test_signing_in import try_in
from tests.client import Client
from tests.factories import PASSWORD, make_person

LIMIT = throttle.Growing("test", 5)


def later(**time):
    return clock.at(clock.now() + timedelta(**time))


@pytest.mark.both_engines
def test_after_five_wrong_tries_each_further_one_waits_twice_as_long_and_at_most_an_hour(database):
    start, waited = clock.now(), []
    with clock.at(start):
        assert [throttle.count(LIMIT, "x") for _ in range(5)] == [0] * 5
    for _ in range(9):
        with clock.at(start):
            waited.append(throttle.minutes_left((LIMIT, "x")))
            assert throttle.count(LIMIT, "x") == waited[-1], "a try that must wait is refused, and does not count"
        start += timedelta(minutes=waited[-1])
        with clock.at(start):
            assert throttle.count(LIMIT, "x") == 0
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert throttle.minutes_left((LIMIT, "somebody else")) == 0
    with clock.at(start + timedelta(hours=12)):
        assert (throttle.minutes_left((LIMIT, "x")), throttle.count(LIMIT, "x")) == (0, 0)
        assert db.session.query(Throttle).one().tries == 1, "half a day later all is forgotten"


@pytest.mark.both_engines
def test_a_stranger_who_tries_an_address_does_not_lock_its_owner_out_of_a_known_device(client, app, database):
    person, stranger = make_person(), Client(app)
    client.sign_in(person)
    for _ in range(5):
        try_in(stranger, person.email)
    blocked = try_in(stranger, person.email, PASSWORD, 429)
    assert "wait 1 minute" in blocked.text
    assert blocked.response.headers["Retry-After"] == "60"
    try_in(client, person.email, status=422)
    try_in(client, person.email, PASSWORD, 303)
    with later(minutes=2):
        try_in(Client(app), person.email, PASSWORD, 303)


def test_a_known_device_waits_too_when_it_tries_too_much(client, database):
    person = make_person()
    client.sign_in(person)
    for _ in range(5):
        try_in(client, person.email)
    try_in(client, person.email, PASSWORD, 429)
    with later(minutes=2):
        try_in(client, person.email, PASSWORD, 303)
    assert throttle.minutes_left((throttle.SIGN_IN_ADDRESS, person.email)) == 0


def test_who_waits_is_told_that_a_new_password_by_mail_helps_at_once(client, database):
    person = make_person()
    for _ in range(5):
        try_in(client, person.email)
    assert "choose a new password" in try_in(client, person.email, PASSWORD, 429).text


def test_one_network_address_may_not_try_many_accounts(client, database):
    for _ in range(throttle.SIGN_IN_CLIENT.free):
        throttle.count(throttle.SIGN_IN_CLIENT, "127.0.0.1")
    try_in(client, make_person().email, PASSWORD, 429)


def test_the_right_password_among_wrong_ones_gives_its_own_try_back_alone(database):
    for _ in range(3):
        throttle.count(LIMIT, "x")
    throttle.forgive(LIMIT, "x")
    assert db.session.query(Throttle).one().tries == 2
    throttle.clear(LIMIT, "x")
    assert db.session.query(Throttle).count() == 0


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"), (None, ""),
     ("::ffff:203.0.113.7", "203.0.113.7")],
)
def test_of_ipv6_the_whole_network_of_a_customer_counts_as_one(address, stands_for):
    assert throttle.client_of(address) == stands_for
