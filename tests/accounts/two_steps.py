"""A person with a second step, at noon of a day: their codes, and their two steps in."""

from datetime import UTC, datetime, timedelta

import pyotp

from score_web.accounts import services
from score_web.core import clock
from score_web.core.db import db
from tests.factories import PASSWORD, actor_of

NOON = datetime(2026, 11, 23, 4, 0, 10, tzinfo=UTC)
SALT = "salt"


def code_at(moment=NOON, salt=SALT) -> str:
    return pyotp.TOTP(services.secret_of(salt)).at(moment)


def later(minutes: float):
    return clock.at(NOON + timedelta(minutes=minutes))


def two_steps(person) -> list[str]:
    """Switch it on an hour before noon; the recovery codes."""
    with later(-60):
        made = services.set_up(actor_of(person), salt=SALT, code=code_at(clock.now()))
    db.session.commit()
    return made


def first_step(client, person, address="/en/accounts/sign-in", **more):
    client.token = None
    client.get("/en/accounts/sign-in")
    return client.post(address, {"email": person.email, "password": PASSWORD} | more, status=None)


def second_step(client, code, status=303, address="/en/accounts/sign-in/code", **more):
    page = client.post(address, {"code": code} | more, status=status)
    client.token = client.token if page.tree is not None else None
    return page
