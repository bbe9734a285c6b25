"""The second step of signing in: a code of an app, or one of ten recovery codes; each is taken once."""

from flask import current_app

from score_web.access import key_hash
from score_web.accounts import codes
from score_web.accounts.devices import Visitor
from score_web.accounts.models import Device, Person, RecoveryCode, SecondFactor
from score_web.accounts.queries import person_by_id
from score_web.accounts.services import throttle
from score_web.core import audit, clock, mail
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor


def secret_of(salt: str) -> str:
    return codes.secret(current_app.config["SECRET_KEY"], salt)


def set_up(actor: Actor, *, salt: str, code: str) -> list[str] | None:
    """From now on signing in needs a code too; the recovery codes, or None when the app of this person shows another code."""
    step = codes.fitting_step(secret_of(salt), code, clock.now())
    if step is None:
        return None
    person = person_by_id(actor.person_id, lock=True)
    if db.session.get(SecondFactor, person.id):
        raise Refused(N_("Two-step sign-in is on already."))
    db.session.add(SecondFactor(person_id=person.id, salt=salt, last_step=step))
    db.session.flush()
    audit.record("person.factor_set", person, by=actor)
    mail.send("accounts/email_factor_set.txt", to=person, path="/accounts/second-factor")
    return _new_recovery_codes(person.id)


def use_code(person: Person, code: str, *, visitor: Visitor) -> tuple[bool, int]:
    """Whether the code is right, and the minutes to wait. Counts the try; of two who use one code at once exactly one is let in."""
    known = db.session.scalar(db.select(Device.id).filter_by(person_id=person.id, key_hash=key_hash(visitor.key)))
    who = (throttle.CODE_DEVICE, str(known)) if known else (throttle.CODE_PERSON, str(person.id))
    if wait := throttle.count(*who):
        return False, wait
    taken = _take_recovery_code(person, code) if len(code) == codes.RECOVERY_DIGITS else _take_app_code(person.id, code)
    if taken:
        throttle.clear(*who)
    return taken, 0


def _take_app_code(person_id: int, code: str) -> bool:
    factor = db.session.get(SecondFactor, person_id)
    step = codes.fitting_step(secret_of(factor.salt), code, clock.now()) if factor else None
    if step is None:
        return False
    unused = (SecondFactor.person_id == person_id, SecondFactor.salt == factor.salt, SecondFactor.last_step < step)
    return _one_row(db.update(SecondFactor).where(*unused).values(last_step=step))


def _take_recovery_code(person: Person, code: str) -> bool:
    hashed = codes.recovery_hash(current_app.config["SECRET_KEY"], person.id, code)
    unused = (RecoveryCode.person_id == person.id, RecoveryCode.code_hash == hashed, RecoveryCode.used_at.is_(None))
    if not _one_row(db.update(RecoveryCode).where(*unused).values(used_at=clock.now())):
        return False
    audit.record("person.recovery_used", person)
    mail.send("accounts/email_recovery_used.txt", to=person, path="/accounts/second-factor", left=recovery_codes_left(person.id))
    return True


def _one_row(update) -> bool:
    return db.session.execute(update.execution_options(synchronize_session=False)).rowcount == 1


def recovery_codes_left(person_id: int) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(RecoveryCode).filter_by(person_id=person_id, used_at=None))


def renew_recovery_codes(actor: Actor) -> list[str]:
    """Ten new ones; the old ones stop working."""
    person = person_by_id(actor.person_id, lock=True)
    db.session.execute(db.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    audit.record("person.recovery_renewed", person, by=actor)
    return _new_recovery_codes(person.id)


def _new_recovery_codes(person_id: int) -> list[str]:
    made, key = codes.new_recovery_codes(), current_app.config["SECRET_KEY"]
    db.session.add_all(RecoveryCode(person_id=person_id, code_hash=codes.recovery_hash(key, person_id, code)) for code in made)
    return made


def turn_off(actor: Actor) -> None:
    """The password alone is enough again."""
    person = person_by_id(actor.person_id, lock=True)
    drop_factor(person)
    audit.record("person.factor_off", person, by=actor)
    mail.send("accounts/email_factor_off.txt", to=person, path="/accounts/second-factor")


def drop_factor(person: Person) -> None:
    """Raises Refused when there is none."""
    db.session.execute(db.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if not _one_row(db.delete(SecondFactor).where(SecondFactor.person_id == person.id)):
        raise Refused(N_("Two-step sign-in is off already."))
