"""Sign-ins are rows: ending one holds on the next request of that device."""

from score_web.access import key_hash, new_key
from score_web.accounts.devices import device_words
from score_web.accounts.models import Person, SignIn
from score_web.accounts.queries import actor_of, person_by_email, person_by_id
from score_web.accounts.services import throttle
from score_web.accounts.services.hashing import hash_fits, hasher
from score_web.core import clock
from score_web.core.db import db, let_go
from score_web.permissions import Actor


def start_sign_in(person: Person, *, device: str = "") -> tuple[Actor, str]:
    """A new row for this device (`device`: what the browser says about itself); the actor, and the key that only the cookie will know."""
    key = new_key()
    row = SignIn(key_hash=key_hash(key), person_id=person.id, device=device_words(device))
    db.session.add(row)
    db.session.flush()
    return actor_of(person), key


def person_by_password(email: str, password: str, *, client: str) -> tuple[Person | None, int]:
    """Who signs in, or None with the minutes to wait (0: the password is wrong). Counts the try either way.

    The answer and the time are the same for a wrong password, an unknown address and a suspended account.
    """
    who = ((throttle.SIGN_IN_ADDRESS, email), (throttle.SIGN_IN_CLIENT, client))
    if wait := max(throttle.minutes_left(*one) for one in who):
        return None, wait
    person = person_by_email(email)
    person_id, stored = (person.id, person.password_hash) if person else (0, "")
    let_go()
    fits = hash_fits(stored, password)
    renewed = hasher().hash(password) if fits and hasher().check_needs_rehash(stored) else ""
    if wait := max(throttle.count(*one) for one in who):
        return None, wait
    person = person_by_id(person_id, lock=True) if fits else None
    if person is None or not person.is_active or person.password_hash != stored:
        return None, 0
    if renewed:
        person.password_hash = renewed
    for one in who:
        throttle.forgive(*one)
    return person, 0


def end_sign_ins(person_id: int, *, only: int | None = None, keep: int = 0) -> None:
    """Sign out everywhere, on one device, or on all but the one that is kept."""
    query = db.update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != keep)
    db.session.execute((query.where(SignIn.id == only) if only else query).values(ended_at=clock.now()))
