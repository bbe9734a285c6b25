"""How often may something be tried? One atomic upsert per try, the same on both engines; keys are hashes, never addresses."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite

from score_web.accounts.models import Throttle
from score_web.core import clock
from score_web.core.db import db


@dataclass(frozen=True)
class Limit:
    """So many tries within so many minutes."""

    name: str
    tries: int
    minutes: int


SIGN_IN_ADDRESS = Limit("sign-in-address", 10, 15)
SIGN_IN_CLIENT = Limit("sign-in-client", 100, 15)
MAIL_ADDRESS = Limit("mail-address", 5, 60)
MAIL_CLIENT = Limit("mail-client", 200, 60)
INVITE_PERSON = Limit("invite-person", 60, 60)


def count(limit: Limit, who: str) -> int:
    """Count this try. Returns 0 while it is allowed, else the minutes to wait."""
    now = clock.now()
    over = Throttle.window_starts_at <= now - timedelta(minutes=limit.minutes)
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(Throttle)
    row = db.session.execute(
        insert.values(key=_key(limit, who), tries=1, window_starts_at=now)
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "tries": case((over, 1), else_=Throttle.tries + 1),
                "window_starts_at": case((over, now), else_=Throttle.window_starts_at),
            },
        )
        .returning(Throttle.tries, Throttle.window_starts_at)
    ).one()
    return _wait(limit, row.tries, row.window_starts_at) if row.tries > limit.tries else 0


def minutes_left(limit: Limit, who: str) -> int:
    """The same question without counting: asked before slow work."""
    row = db.session.execute(db.select(Throttle.tries, Throttle.window_starts_at).where(Throttle.key == _key(limit, who))).first()
    return _wait(limit, row.tries, row.window_starts_at) if row and row.tries >= limit.tries else 0


def forgive(limit: Limit, who: str) -> None:
    """Take back a try that turned out well."""
    db.session.execute(db.update(Throttle).where(Throttle.key == _key(limit, who), Throttle.tries > 0).values(tries=Throttle.tries - 1))


def _wait(limit: Limit, tries: int, started) -> int:
    left = (started + timedelta(minutes=limit.minutes) - clock.now()).total_seconds()
    return max(0, -int(-left // 60))


def _key(limit: Limit, who: str) -> str:
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), who.encode(), hashlib.sha256).hexdigest()
    return f"{limit.name}:{digest[:48]}"
