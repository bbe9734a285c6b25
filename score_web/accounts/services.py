"""What happens to accounts."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

from score_web.accounts.models import Mandate, Person, SignIn
from score_web.accounts.queries import actor_of
from score_web.access import key_hash, new_key
from score_web.core import clock
from score_web.core.db import db
from score_web.permissions import Actor


def hasher() -> PasswordHasher:
    """Argon2id with the costs of the settings."""
    return PasswordHasher(**current_app.config["ARGON2"])


def password_fits(person: Person | None, password: str) -> bool:
    """Takes the same time whether or not the address has an account."""
    stored = person.password_hash if person and person.password_hash else current_app.extensions.setdefault(
        "score_dummy_hash", hasher().hash("nobody")
    )
    try:
        fits = hasher().verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return fits and person is not None and bool(person.password_hash)


def start_sign_in(person: Person, *, device: str = "") -> tuple[Actor, str]:
    """A new row for this device; returns the actor and the key that only the cookie will know."""
    key = new_key()
    row = SignIn(key_hash=key_hash(key), person_id=person.id, device=device[:120])
    db.session.add(row)
    db.session.flush()
    return actor_of(person), key


def end_sign_ins(person_id: int, *, only: int | None = None) -> None:
    """Sign out everywhere, or one device."""
    query = db.update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    db.session.execute((query.where(SignIn.id == only) if only else query).values(ended_at=clock.now()))


def open_mandate(*, enterprise_id: int, person_id: int, because: str, until) -> Mandate:
    """Let a person see an enterprise's results for a reason that is itself a record; called in the accepting transaction."""
    mandate = Mandate(enterprise_id=enterprise_id, person_id=person_id, because=because, starts_at=clock.now(), ends_at=until)
    db.session.add(mandate)
    return mandate


def end_mandates(because: str) -> None:
    """End them now; called in the transaction that cancels what they were for."""
    now = clock.now()
    db.session.execute(db.update(Mandate).where(Mandate.because == because, Mandate.ends_at > now).values(ends_at=now))
