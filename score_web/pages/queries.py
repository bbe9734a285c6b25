"""Whom does this reader turn to?"""

from score_web.accounts.models import Organisation
from score_web.core.db import db
from score_web.permissions import Actor


def responsible_institution(actor: Actor | None) -> Organisation | None:
    """The institution responsible for the reader's enterprise; None before enrolling, and for everybody else."""
    if actor is None or actor.enterprise_id is None:
        return None
    return db.session.get(Organisation, actor.enterprise_id).institution
