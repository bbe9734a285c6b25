"""What does an institution cover? "all", or GB/T 2260 prefixes of two, four or six digits joined by commas."""

import re

from score_web.permissions import Actor, Role
from score_web.reference import divisions

SEPARATORS = re.compile(r"[\s,，、;；]+")


def read_scope(typed: str) -> str:
    """The scope as it is stored, whatever stood between the codes."""
    return ",".join(dict.fromkeys(part for part in SEPARATORS.split(typed.strip().lower()) if part))


def is_within_reach(actor: Actor, memberships: list) -> bool:
    """Whether no role of this person lies outside what the actor's institutions answer for, nor above the actor there.

    Otherwise a link for the account, or its suspension, would reach further than the actor does.
    """
    return all(_reaches(actor, membership) for membership in memberships)


def _reaches(actor: Actor, membership) -> bool:
    own = actor.organisations(Role.PARTNER)
    if membership.role == Role.PARTNER:
        leads = {m.organisation_id for m in actor.memberships if m.role is Role.PARTNER and m.head}
        return membership.organisation_id in leads or (actor.is_nationwide and membership.organisation.scope != divisions.NATIONWIDE)
    responsible = membership.organisation.institution_id if membership.role == Role.ENTERPRISE else membership.organisation_id
    return actor.is_nationwide or responsible in own
