"""What time is it? The only place it comes from: UTC and aware for storing, Asia/Shanghai for showing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Pretend that it is `moment`: demo data gets a believable past, tests a fixed day."""
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> date:
    """The date on a Chinese calendar right now."""
    return now().astimezone(CHINA).date()


def in_china(moment: datetime) -> datetime:
    return moment.astimezone(CHINA)
