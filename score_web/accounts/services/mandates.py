"""Mandates: rows by which booking lets a person from outside see an enterprise's results."""

from score_web.accounts.models import Mandate
from score_web.core import clock
from score_web.core.db import db


def open_mandate(*, enterprise_id: int, person_id: int, because: str, until) -> Mandate:
    """Let a person see an enterprise's results for a reason that is itself a record; called in the accepting transaction."""
    mandate = Mandate(enterprise_id=enterprise_id, person_id=person_id, because=because, starts_at=clock.now(), ends_at=until)
    db.session.add(mandate)
    return mandate


def end_mandates(because: str) -> None:
    """End them now; called in the transaction that cancels what they were for."""
    now = clock.now()
    db.session.execute(db.update(Mandate).where(Mandate.because == because, Mandate.ends_at > now).values(ends_at=now))
