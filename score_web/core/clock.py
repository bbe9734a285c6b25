"""What time is it? The only place it comes from: UTC and aware for storing, Asia/Shanghai for showing."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The date on a Chinese calendar right now."""
    return now().astimezone(CHINA).date()


def in_china(moment: datetime) -> datetime:
    return moment.astimezone(CHINA)
