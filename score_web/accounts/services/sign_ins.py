"""Sign-ins are rows: ending one holds on the next request of that device."""

from functools import cache

from sqlalchemy import Insert, bindparam, select, update

from score_web.access import key_hash, new_key
from score_web.accounts.devices import Visitor, device_words
from score_web.accounts.models import Device, Person, SignIn
from score_web.accounts.queries import person_by_id, stored_password
from score_web.accounts.services import throttle
from score_web.accounts.services.hashing import hash_fits, hasher
from score_web.core import audit, clock, mail
from score_web.core.db import INSERTS, UtcDateTime, db, let_go
from score_web.core.reading import read
from score_web.core.writing import insert_of, write
from score_web.permissions import Actor

NOBODY = Visitor()


NEW = insert_of(SignIn, "key_hash", "person_id", "device", "device_id", "seen_on")
END_EARLIER = (
    update(SignIn.__table__).where(SignIn.device_id == bindparam("of_device"), SignIn.ended_at.is_(None)).values(ended_at=bindparam("now"))
)
OTHER_DEVICE = select(Device.id).where(Device.person_id == bindparam("person"), Device.id != bindparam("device")).limit(1)


def start_sign_in(person: Person, visitor: Visitor = NOBODY) -> str:
    """A new row for this device; the key that only the cookie will know. A device not seen before is told of."""
    key, words = new_key(), device_words(visitor.says)
    device_id, is_new = _remember_device(person, visitor.key) if visitor.key else (None, False)
    if device_id and not is_new:
        write(END_EARLIER, of_device=device_id, now=clock.now())  # its cookie is about to be replaced: one device is signed in once
    write(NEW, key_hash=key_hash(key), person_id=person.id, device=words, device_id=device_id, seen_on=clock.today())
    audit.record("person.signed_in", person, by=person)
    if is_new:
        mail.send("accounts/email_new_device.txt", to=person, path="/accounts/devices", words=words, at=clock.now())
    return key


def _remember_device(person: Person, key: str) -> tuple[int, bool]:
    """Its number, and whether it is new to somebody who had another one before: nobody is told of their very first."""
    now = clock.now()
    (row,) = write(_device(db.engine.dialect.name), person_id=person.id, key_hash=key_hash(key), now=now)
    return row.id, row.created_at == now and bool(read(OTHER_DEVICE, person=person.id, device=row.id))


@cache
def _device(engine: str) -> Insert:
    now = bindparam("now", type_=UtcDateTime)
    insert = INSERTS[engine](Device.__table__).values(
        person_id=bindparam("person_id"), key_hash=bindparam("key_hash"), created_at=now, last_seen_at=now)
    seen = insert.on_conflict_do_update(index_elements=[Device.person_id, Device.key_hash], set_={"last_seen_at": now})
    return seen.returning(Device.id, Device.created_at)


def person_by_password(email: str, password: str, *, visitor: Visitor) -> tuple[Person | None, int]:
    """Who signs in, or None with the minutes to wait (0: the password is wrong). Counts the try either way.

    The answer and the work are the same for a wrong password, an unknown address and a suspended account. A device that this
    person has used before counts its tries alone, so that a stranger who tries this address locks nobody out there.
    """
    person_id, stored, device_id = stored_password(email, key_hash(visitor.key))
    who = [(throttle.SIGN_IN_ADDRESS, email), (throttle.SIGN_IN_CLIENT, visitor.client)]
    if device_id:
        who = [(throttle.SIGN_IN_DEVICE, str(device_id))]
    if wait := throttle.minutes_left(*who):
        return None, wait
    let_go()
    fits = hash_fits(stored, password)
    renewed = hasher().hash(password) if fits and hasher().check_needs_rehash(stored) else ""
    if wait := max([throttle.count(*one) for one in who]):
        return None, wait
    person = person_by_id(person_id, lock=True) if fits else None
    if person and person.password_hash != stored:  # hashed anew by the same person on another device, or changed: look again
        db.session.rollback()  # the try is counted again
        return person_by_password(email, password, visitor=visitor)
    if person is None or not person.is_active:
        audit.record("person.sign_in_failed", Person(id=person_id or 0))  # also for an address that nobody has: the same work
        return None, 0
    if renewed:
        person.password_hash = renewed
    throttle.clear(*who[0])
    for one in who[1:]:
        throttle.forgive(*one)
    return person, 0


def sign_out(actor: Actor, *, only: int | None = None, keep: int = 0) -> None:
    """What the person asked for: on this device, on all, or on all but the one that is kept."""
    end_sign_ins(actor.person_id, only=only, keep=keep)
    audit.record("person.signed_out", Person(id=actor.person_id), by=actor)


def end_sign_ins(person_id: int, *, only: int | None = None, keep: int = 0) -> None:
    """Sign out everywhere, on one device, or on all but the one that is kept."""
    query = db.update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != keep)
    db.session.execute((query.where(SignIn.id == only) if only else query).values(ended_at=clock.now()))


def renew_sign_in(actor: Actor) -> str:
    """After a change of what lets this person in: all other devices are signed out, and this one gets a new key."""
    key = new_key()
    end_sign_ins(actor.person_id, keep=actor.sign_in_id)
    db.session.execute(db.update(SignIn).where(SignIn.id == actor.sign_in_id).values(key_hash=key_hash(key)))
    return key


def note_day(sign_in_id: int) -> None:
    """Something was sent from this device today."""
    db.session.execute(
        db.update(SignIn).where(SignIn.id == sign_in_id).values(seen_on=clock.today()).execution_options(synchronize_session=False)
    )
