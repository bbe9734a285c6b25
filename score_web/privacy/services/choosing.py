"""Agreeing to a purpose and withdrawing it: rows are only added, so that what held when can always be told."""

from score_web.accounts.models import Consent
from score_web.accounts.queries import person_by_id
from score_web.core import audit
from score_web.core.db import db
from score_web.permissions import Actor
from score_web.privacy.purposes import Purpose
from score_web.privacy.queries import last_consent


def give(purpose: Purpose, *, by: Actor) -> None:
    _say(purpose, by, given=True)


def withdraw(purpose: Purpose, *, by: Actor) -> None:
    """What was done before stays lawful; from now on nothing more is done."""
    _say(purpose, by, given=False)


def _say(purpose: Purpose, by: Actor, *, given: bool) -> None:
    """Once, however often the button is pressed."""
    person = person_by_id(by.person_id, lock=True)
    last = last_consent(person.id, purpose)
    if (last.given, last.version) == (given, purpose.version) if last else not given:
        return
    db.session.add(Consent(person_id=person.id, document=purpose.name, version=purpose.version, given=given))
    audit.record(f"person.consent_{'given' if given else 'withdrawn'}", person, by=by, purpose=purpose.name, version=purpose.version)
