"""Is it really the owner who asks? The password again, with its own limit on tries."""

from score_web.accounts.queries import person_by_id
from score_web.accounts.services import password_fits, throttle
from score_web.core.words import N_, Sentence
from score_web.permissions import Actor

TRIES = throttle.Limit("password-again", 10, 15)


def doubt_about(actor: Actor, password: str) -> Sentence | None:
    """What to tell somebody whose password does not fit; None for the owner. Every try counts. Ends the transaction: hashing is slow."""
    fits = password_fits(person_by_id(actor.person_id), password)
    if wait := throttle.count(TRIES, str(actor.person_id)):
        return Sentence(N_("Too many tries. For your safety please wait %(minutes)s minutes, then try again."), minutes=wait)
    return None if fits else Sentence(N_("This is not your current password."))
