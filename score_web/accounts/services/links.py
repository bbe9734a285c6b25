"""One-time links: only the hash of the token is stored, and of two people who use one at once exactly one succeeds."""

from datetime import timedelta

from sqlalchemy import or_

from score_web.access import key_hash, new_key
from score_web.accounts.models import Link, LinkPurpose, Person
from score_web.core import clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_

HOURS = {
    LinkPurpose.ACTIVATE: 48,
    LinkPurpose.RESET: 2,
    LinkPurpose.INVITE: 7 * 24,
    LinkPurpose.EMAIL_OLD: 48,
    LinkPurpose.EMAIL_NEW: 48,
    LinkPurpose.NOTHING: 1,
}


def make_link(purpose: LinkPurpose, *, email: str, person: Person | None = None, by=None, **data) -> str:
    """A new link; returns the token that only its address knows. `data` says what it will do."""
    token = new_key()
    db.session.add(
        Link(
            token_hash=key_hash(token),
            purpose=purpose.value,
            email=email,
            person_id=person.id if person else None,
            made_by_id=by.person_id if by else None,
            data=data,
            expires_at=clock.now() + timedelta(hours=HOURS[purpose]),
        )
    )
    return token


def use_link(token: str, *purposes: LinkPurpose) -> Link:
    """Use it up. Raises Refused when somebody did so before, or when it ran out."""
    used = db.session.execute(
        db.update(Link)
        .where(
            Link.token_hash == key_hash(token),
            Link.purpose.in_([p.value for p in purposes]),
            Link.used_at.is_(None),
            Link.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:
        raise Refused(N_("This link has been used already or has run out. Ask for a new one."))
    return db.session.scalar(db.select(Link).where(Link.token_hash == key_hash(token)).execution_options(populate_existing=True))


def end_links_made_by(person_id: int) -> None:
    """Invitations and links handed out by somebody who may no longer act."""
    db.session.execute(
        db.update(Link)
        .where(Link.made_by_id == person_id, Link.used_at.is_(None))
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def end_links(*, email: str, person_id: int | None = None, purposes: tuple[LinkPurpose, ...] = tuple(LinkPurpose)) -> None:
    """Links to this address or person that nobody may use any more."""
    db.session.execute(
        db.update(Link)
        .where(
            or_(Link.email == email, Link.person_id == person_id) if person_id else Link.email == email,
            Link.purpose.in_([p.value for p in purposes]),
            Link.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
