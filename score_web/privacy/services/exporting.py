"""May this person take a copy of their data home now? The password says who it is; five copies a day are enough."""

from score_web.accounts.queries import person_by_id
from score_web.accounts.services import throttle
from score_web.core import audit
from score_web.permissions import Actor

COPIES = throttle.Limit("export", 5, 24 * 60)


def allow_export(actor: Actor) -> int:
    """0 and a row in the history, or the minutes to wait."""
    wait = throttle.count(COPIES, str(actor.person_id))
    if not wait:
        audit.record("person.data_exported", person_by_id(actor.person_id), by=actor)
    return wait
