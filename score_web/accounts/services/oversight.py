"""What partner staff may do with an account in their scope: suspend, restore, remove a lost second factor, hand over a link."""

from score_web.accounts.models import LinkPurpose, Person
from score_web.accounts.queries import person_by_id
from score_web.accounts.scopes import is_within_reach
from score_web.accounts.services.links import end_links, end_links_made_by, make_link
from score_web.accounts.services.second_factor import drop_factor
from score_web.accounts.services.sign_ins import end_sign_ins
from score_web.core import audit, clock, mail
from score_web.core.errors import Refused
from score_web.core.words import N_
from score_web.permissions import Actor


def suspend(person: Person, *, by: Actor, reason: str) -> None:
    """No sign-in from now on, on any device. Raises Refused."""
    person = _reachable(person, by)
    if person.suspended_at:
        raise Refused(N_("This account is suspended already."))
    person.suspended_at, person.suspended_because = clock.now(), reason
    end_sign_ins(person.id)
    end_links(email=person.email, person_id=person.id, purposes=(LinkPurpose.RESET, LinkPurpose.EMAIL_OLD, LinkPurpose.EMAIL_NEW))
    end_links_made_by(person.id)
    audit.record("person.suspended", person, by=by, reason=reason, institution_id=by.institution_id)
    mail.send("accounts/email_suspended.txt", to=person, path="/contact", reason=reason, by=by.name)


def restore(person: Person, *, by: Actor, reason: str) -> None:
    """The person may sign in again. Raises Refused."""
    person = _reachable(person, by)
    if not person.suspended_at:
        raise Refused(N_("This account is not suspended."))
    person.suspended_at, person.suspended_because = None, ""
    audit.record("person.restored", person, by=by, reason=reason, institution_id=by.institution_id)
    mail.send("accounts/email_restored.txt", to=person, path="/accounts/sign-in", reason=reason, by=by.name)


def link_to_hand_over(person: Person, *, by: Actor) -> str:
    """A token to set a new password, for somebody whom mail does not reach. The owner hears of it. Raises Refused."""
    person = _reachable(person, by)
    if not person.is_active:
        raise Refused(N_("This account is suspended already."))
    end_links(email=person.email, person_id=person.id, purposes=(LinkPurpose.RESET,))
    token = make_link(LinkPurpose.RESET, email=person.email, person=person, by=by)
    audit.record("person.link_made", person, by=by, institution_id=by.institution_id)
    mail.send("accounts/email_link_made.txt", to=person, path="/accounts/profile", by=by.name)
    return token


def remove_factor(person: Person, *, by: Actor | None, reason: str) -> None:
    """For somebody who lost the phone and the recovery codes; the owner hears of it. `by` None: the operator. Raises Refused."""
    person = _reachable(person, by) if by else person_by_id(person.id, lock=True)
    drop_factor(person)
    end_sign_ins(person.id)
    audit.record("person.factor_removed", person, by=by, reason=reason, institution_id=by.institution_id if by else None)
    mail.send("accounts/email_factor_removed.txt", to=person, path="/accounts/second-factor", reason=reason, by=by.name if by else "")


def _reachable(person: Person, by: Actor) -> Person:
    person = person_by_id(person.id, lock=True)
    if not is_within_reach(by, person.live_memberships):
        raise Refused(N_("This person also has a role outside your scope or above yours: only the institution there can do this."))
    return person
