"""What is no longer needed to let people in goes by itself: tries, links, sign-ins and devices of long ago."""

from datetime import timedelta

from score_web.accounts.models import Device, Link, SignIn, Throttle
from score_web.core import clock
from score_web.core.db import db

LINK_DAYS = 30  # after it ran out, so that the one who follows it late learns that it did
SIGN_IN_DAYS = 60  # after it ran out: the page of devices tells of the last ones
DEVICE_DAYS = 400  # as long as a browser keeps its key


def forget_old() -> None:
    """The job; each table has an index on the moment it asks for."""
    now = clock.now()
    old = [
        (Throttle, Throttle.forget_at < now),
        (Link, Link.expires_at < now - timedelta(days=LINK_DAYS)),
        (SignIn, SignIn.expires_at < now - timedelta(days=SIGN_IN_DAYS)),
        (Device, (Device.last_seen_at < now - timedelta(days=DEVICE_DAYS)) & ~db.exists().where(SignIn.device_id == Device.id)),
    ]
    for model, is_old in old:
        db.session.execute(db.delete(model).where(is_old).execution_options(synchronize_session=False))
