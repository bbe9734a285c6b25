"""How often may something be tried? One atomic upsert per try, the same on both engines; keys are hashes, never addresses.

A `Limit` allows so many tries in a window of time. A `Growing` one allows a few wrong tries, then makes each further one wait
twice as long; a try that must wait is not counted, so that nobody can make somebody else wait for ever.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import case, literal, or_

from score_web.accounts.models import Throttle
from score_web.core import clock
from score_web.core.db import INSERTS, UtcDateTime, db


@dataclass(frozen=True)
class Limit:
    """So many tries within so many minutes."""

    name: str
    tries: int
    minutes: int


@dataclass(frozen=True)
class Growing:
    """After `free` wrong tries 1, 2, 4, 8 … minutes, at most `longest`; forgotten `hours` after the last one."""

    name: str
    free: int
    longest: int = 60
    hours: int = 12

    @property
    def waits(self) -> list[int]:
        """Minutes to wait after the free tries are used up, one more, two more …"""
        return [2**n for n in range((self.longest - 1).bit_length())] + [self.longest]


SIGN_IN_ADDRESS = Growing("sign-in-address", 5)
SIGN_IN_CLIENT = Growing("sign-in-client", 50)  # a whole factory may share one address
SIGN_IN_DEVICE = Growing("sign-in-device", 5)
CODE_PERSON = Growing("code-person", 5)
CODE_DEVICE = Growing("code-device", 5)
MAIL_ADDRESS = Limit("mail-address", 5, 60)
MAIL_CLIENT = Limit("mail-client", 200, 60)
INVITE_PERSON = Limit("invite-person", 60, 60)
Try = tuple[Limit | Growing, str]
SLACK = timedelta(minutes=10)  # of two tries at once the one that began first may be written last, and clocks differ


def client_of(address: str | None) -> str:
    """Whom an address stands for: an IPv6 customer has a whole /64 of them. A server that listens to both kinds sees IPv4 as
    ::ffff:203.0.113.7: all the world would be one customer."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def count(limit: Limit | Growing, who: str) -> int:
    """Count this try. Returns 0 while it is allowed, else the minutes to wait. A growing limit does not count what must wait."""
    now = clock.now()
    if isinstance(limit, Growing):
        return 0 if _counted(limit, who, now) else minutes_left((limit, who)) or 1
    row = db.session.execute(_upsert(limit, who, now).returning(Throttle.tries, Throttle.forget_at)).one()
    return _minutes(row.forget_at, now) if row.tries > limit.tries else 0


def _counted(limit: Growing, who: str, now: datetime) -> bool:
    open_now = or_(Throttle.blocked_until <= now, _is_forgotten(limit, now))
    return db.session.execute(_upsert(limit, who, now, where=open_now).returning(Throttle.tries)).first() is not None


def _upsert(limit: Limit | Growing, who: str, now: datetime, where=None):
    insert = INSERTS[db.engine.dialect.name](Throttle)
    forgotten = _is_forgotten(limit, now)
    tries = case((forgotten, 1), else_=Throttle.tries + 1)
    forget_at = now + _window(limit)
    if isinstance(limit, Growing):
        again = {"tries": tries, "forget_at": forget_at, "blocked_until": _blocked_until(limit, tries, now)}
    else:
        again = {"tries": tries, "forget_at": case((forgotten, _at(forget_at)), else_=Throttle.forget_at)}
    first = insert.values(key=_key(limit, who), tries=1, blocked_until=now - SLACK, forget_at=forget_at)
    return first.on_conflict_do_update(index_elements=[Throttle.key], set_=again, where=where)


def _is_forgotten(limit: Limit | Growing, now: datetime):
    """Also what lies further ahead than it ever may: the clock was wrong when it was written."""
    return or_(Throttle.forget_at <= now, Throttle.forget_at > now + _window(limit) + SLACK)


def _window(limit: Limit | Growing) -> timedelta:
    return timedelta(hours=limit.hours) if isinstance(limit, Growing) else timedelta(minutes=limit.minutes)


def _blocked_until(limit: Growing, tries, now: datetime):
    """A table of moments instead of arithmetic with dates, which the two engines write differently."""
    waits = [(tries == limit.free + n, _at(now + timedelta(minutes=minutes))) for n, minutes in enumerate(limit.waits[:-1])]
    return case((tries < limit.free, _at(now - SLACK)), *waits, else_=_at(now + timedelta(minutes=limit.longest)))


def _at(moment: datetime):
    return literal(moment, UtcDateTime)


def minutes_left(*who: Try) -> int:
    """How long the longest of these waits: asked before slow work, counts nothing."""
    now = clock.now()
    by_key = {_key(*one): one[0] for one in who}
    found = db.select(Throttle.key, Throttle.tries, Throttle.blocked_until, Throttle.forget_at)
    rows = db.session.execute(found.where(Throttle.key.in_(by_key), Throttle.forget_at > now))
    return max((_left(by_key[row.key], row, now) for row in rows), default=0)


def _left(limit: Limit | Growing, row, now: datetime) -> int:
    if row.forget_at > now + _window(limit) + SLACK:
        return 0
    if isinstance(limit, Growing):
        return _minutes(row.blocked_until, now)
    return _minutes(row.forget_at, now) if row.tries >= limit.tries else 0


def forgive(limit: Growing, who: str) -> None:
    """Take back a try that turned out well; the wrong ones of others who share this address still count."""
    mine = db.update(Throttle).where(Throttle.key == _key(limit, who), Throttle.tries > 0)
    fewer = mine.values(tries=Throttle.tries - 1, blocked_until=clock.now() - SLACK)
    db.session.execute(fewer.execution_options(synchronize_session=False))


def clear(limit: Growing, who: str) -> None:
    """Forget all: the right person was there."""
    db.session.execute(db.delete(Throttle).where(Throttle.key == _key(limit, who)).execution_options(synchronize_session=False))


def _minutes(until: datetime, now: datetime) -> int:
    """Rounded up, but for the seconds by which two tries at once differ."""
    left = (until - now).total_seconds()
    return max(1, -int(-(left - 10) // 60)) if left > 0 else 0


def _key(limit: Limit | Growing, who: str) -> str:
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), who.encode(), hashlib.sha256).hexdigest()
    return f"{limit.name}:{digest[:48]}"
