"""How often may something be tried? One atomic upsert per try, the same on both engines; keys are hashes, never addresses.

A `Limit` allows so many tries in a window of time. A `Growing` one allows a few wrong tries, then makes each further one wait
twice as long; a try that must wait is not counted, so that nobody can make somebody else wait for ever.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from flask import current_app
from sqlalchemy import Insert, bindparam, case, delete, or_, select, update

from score_web.accounts.models import Throttle
from score_web.core import clock
from score_web.core.db import INSERTS, UtcDateTime, db
from score_web.core.reading import read
from score_web.core.writing import write


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
AT = Throttle.__table__.c
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
    moments = {name: now + time for name, time in _ahead(limit).items()}
    rows = write(_counting(limit, db.engine.dialect.name), who=_key(limit, who), **moments)
    if isinstance(limit, Growing):
        return 0 if rows else minutes_left((limit, who)) or 1
    return _minutes(rows[0].forget_at, now) if rows[0].tries > limit.tries else 0


@cache
def _counting(limit: Limit | Growing, engine: str) -> Insert:
    """The upsert is put together once for each limit: from try to try only the key and the moments are others."""
    forgotten = or_(AT.forget_at <= _moment("now"), AT.forget_at > _moment("too_far"))  # too far: the clock was wrong when that was written
    tries = case((forgotten, 1), else_=AT.tries + 1)
    if isinstance(limit, Growing):
        again, where = {"forget_at": _moment("end"), "blocked_until": _blocked_until(limit, tries)}, AT.blocked_until <= _moment("now")
    else:
        again, where = {"forget_at": case((forgotten, _moment("end")), else_=AT.forget_at)}, AT.tries >= 0
    first = INSERTS[engine](Throttle.__table__).values(
        key=bindparam("who"), tries=1, blocked_until=_moment("past"), forget_at=_moment("end"))
    upsert = first.on_conflict_do_update(index_elements=[AT.key], set_={"tries": tries} | again, where=or_(where, forgotten))
    return upsert.returning(AT.tries, AT.forget_at)


@cache
def _ahead(limit: Limit | Growing) -> dict[str, timedelta]:
    """How far from now the moments lie that its upsert speaks of: they are handed over, since the two engines reckon with dates
    differently."""
    waits = limit.waits if isinstance(limit, Growing) else []
    moments = {"now": timedelta(), "past": -SLACK, "end": _window(limit), "too_far": _window(limit) + SLACK}
    return moments | {f"after_{minutes}": timedelta(minutes=minutes) for minutes in waits}


def _moment(name: str):
    return bindparam(name, type_=UtcDateTime)


def _blocked_until(limit: Growing, tries):
    waits = [(tries == limit.free + n, _moment(f"after_{minutes}")) for n, minutes in enumerate(limit.waits[:-1])]
    return case((tries < limit.free, _moment("past")), *waits, else_=_moment(f"after_{limit.longest}"))


def _window(limit: Limit | Growing) -> timedelta:
    return timedelta(hours=limit.hours) if isinstance(limit, Growing) else timedelta(minutes=limit.minutes)


MINE = AT.key == bindparam("who")
STANDING = select(AT.tries, AT.blocked_until, AT.forget_at).where(MINE, AT.forget_at > _moment("now"))
FORGIVE = update(Throttle.__table__).where(MINE, AT.tries > 0).values(tries=AT.tries - 1, blocked_until=_moment("past"))
CLEAR = delete(Throttle.__table__).where(MINE)


def minutes_left(*who: Try) -> int:
    """How long the longest of these waits: asked before slow work, counts nothing."""
    now = clock.now()
    return max(_left(limit, row, now) for limit, one in who for row in read(STANDING, who=_key(limit, one), now=now) or [None])


def _left(limit: Limit | Growing, row, now: datetime) -> int:
    if row is None or row.forget_at > now + _window(limit) + SLACK:
        return 0
    if isinstance(limit, Growing):
        return _minutes(row.blocked_until, now)
    return _minutes(row.forget_at, now) if row.tries >= limit.tries else 0


def forgive(limit: Growing, who: str) -> None:
    """Take back a try that turned out well; the wrong ones of others who share this address still count."""
    write(FORGIVE, who=_key(limit, who), past=clock.now() - SLACK)


def clear(limit: Growing, who: str) -> None:
    """Forget all: the right person was there."""
    write(CLEAR, who=_key(limit, who))


def _minutes(until: datetime, now: datetime) -> int:
    """Rounded up, but for the seconds by which two tries at once differ."""
    left = (until - now).total_seconds()
    return max(1, -int(-(left - 10) // 60)) if left > 0 else 0


def _key(limit: Limit | Growing, who: str) -> str:
    digest = hmac.digest(current_app.config["SECRET_KEY"].encode(), who.encode(), "sha256").hex()
    return f"{limit.name}:{digest[:48]}"
