"""WHO MAY DO WHAT: one page, pure. WHEN is in each record's `states.py`; WHAT HAPPENS is in `services.py`.

A predicate takes (actor, record) and reads only ids: `enterprise_id`, `institution_id`, `division_code`, `trainer_ids`.
A permission holds when any of its predicates does. Strangers get 404, see access.py.
"""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum, auto
from typing import NamedTuple

from score_web.core.words import N_, Labelled


class Role(Labelled):
    ENTERPRISE = "enterprise", N_("Enterprise")
    TRAINER = "trainer", N_("Trainer")
    PARTNER = "partner", N_("Partner institution")


class Membership(NamedTuple):
    """One hat of a person. `scope` is that of a partner institution: "all" or GB/T 2260 prefixes joined by commas."""

    role: Role
    organisation_id: int
    head: bool = False
    scope: str = ""
    name_zh: str = ""
    name_en: str = ""


class Actor(NamedTuple):
    """The person behind a request: rights are the union of the memberships. Frozen, filled by access.py."""

    person_id: int
    name: str
    email: str
    language: str
    memberships: tuple[Membership, ...] = ()
    mandates: frozenset[int] = frozenset()
    sign_in_id: int = 0
    unread: int = 0
    lacks_factor: bool = False
    ends_at: datetime | None = None
    seen_on: date | None = None

    def organisations(self, role: Role) -> frozenset[int]:
        return frozenset(m.organisation_id for m in self.memberships if m.role is role)

    def has(self, role: Role) -> bool:
        return any(m.role is role for m in self.memberships)

    @property
    def enterprise_id(self) -> int | None:
        """An enterprise person has one enterprise; the first where there are several."""
        return min(self.organisations(Role.ENTERPRISE), default=None)

    @property
    def institution_id(self) -> int | None:
        return min(self.organisations(Role.PARTNER), default=None)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Prefixes of all partner institutions of this person; '' covers the whole country."""
        return tuple(
            "" if prefix == "all" else prefix for m in self.memberships if m.role is Role.PARTNER for prefix in m.scope.split(",") if prefix
        )

    @property
    def is_nationwide(self) -> bool:
        return "" in self.scopes


class Permission(Enum):
    """What one may ask for. Named record_verb."""

    ACCOUNT_USE = auto()
    ACCOUNT_SECURE = auto()  # what is left to somebody who must set up the second factor first
    COLLEAGUES_MANAGE = auto()
    PEOPLE_MANAGE = auto()
    PERSON_OVERSEE = auto()
    INSTITUTION_CREATE = auto()
    INSTITUTION_EDIT = auto()
    INVITATION_MANAGE = auto()
    MEMBERSHIP_END = auto()
    MEMBERSHIP_LEAD = auto()
    MESSAGE_VIEW = auto()
    SIGN_IN_END = auto()
    ENROLMENT_WRITE = auto()
    ENROLMENT_OPEN = auto()
    ENROLMENT_VIEW = auto()
    ENROLMENT_DECIDE = auto()
    QUEUE_VIEW = auto()
    ASSESSMENT_HUB = auto()
    ENTERPRISE_ROUNDS = auto()
    ROUND_FILL = auto()
    ROUND_VIEW = auto()
    ROUND_REOPEN = auto()
    ROUND_VERIFY = auto()
    EVIDENCE_VIEW = auto()
    PULSE_LIST = auto()
    PULSE_OPEN = auto()
    PULSE_MANAGE = auto()
    TRAINER_PROFILE = auto()
    TRAINER_LIST = auto()
    TRAINER_VIEW = auto()
    TRAINER_CERTIFY = auto()
    BOOKING_REQUEST = auto()
    BOOKING_LIST = auto()
    BOOKING_VIEW = auto()
    BOOKING_ANSWER = auto()
    BOOKING_CANCEL = auto()
    BOOKING_COMPLETE = auto()
    DATA_REQUEST_ANSWER = auto()
    ENTERPRISE_ERASE = auto()
    ERASURE_DECIDE = auto()
    RECEIPT_LIST = auto()


Predicate = Callable[[Actor, object], bool]


def signed_in(actor: Actor, record) -> bool:
    return True


def enterprise_person(actor: Actor, record) -> bool:
    return actor.has(Role.ENTERPRISE)


def partner_person(actor: Actor, record) -> bool:
    return actor.has(Role.PARTNER)


def trainer_person(actor: Actor, record) -> bool:
    return actor.has(Role.TRAINER)


def nationwide(actor: Actor, record) -> bool:
    return actor.is_nationwide


def own_enterprise(actor: Actor, record) -> bool:
    return record.enterprise_id in actor.organisations(Role.ENTERPRISE)


def own_institution(actor: Actor, record) -> bool:
    """Only the responsible institution: the one the record was given to."""
    institutions = actor.organisations(Role.PARTNER)
    return bool(institutions) and record.institution_id in institutions


def covering_institution(actor: Actor, record) -> bool:
    """Any institution whose scope covers the place may read, once there is a responsible one."""
    return record.institution_id is not None and any(record.division_code.startswith(prefix) for prefix in actor.scopes)


def once_submitted(predicate: Predicate) -> Predicate:
    """Of a self-assessment that is still being filled in, others learn no more than that."""
    return lambda actor, record: record.is_submitted and predicate(actor, record)


def has_mandate(actor: Actor, record) -> bool:
    """A trainer with an accepted booking or training round there, see accounts.Mandate."""
    return record.enterprise_id in actor.mandates


def is_trainer_of(actor: Actor, record) -> bool:
    """As long as an institution keeps this person as a trainer."""
    return actor.has(Role.TRAINER) and actor.person_id in record.trainer_ids


def is_lead_trainer_of(actor: Actor, record) -> bool:
    return actor.has(Role.TRAINER) and actor.person_id == record.lead_id


def enterprise_head(actor: Actor, record) -> bool:
    return any(m.head and m.role is Role.ENTERPRISE for m in actor.memberships)


def is_head_of(actor: Actor, record) -> bool:
    """Head of this organisation (enterprise or institution)."""
    return any(m.head and m.organisation_id == record.id for m in actor.memberships)


def heads_its_organisation(actor: Actor, record) -> bool:
    """Head of the organisation that a membership or an invitation belongs to."""
    return any(m.head and m.organisation_id == record.organisation_id for m in actor.memberships)


def staff_of_its_institution(actor: Actor, record) -> bool:
    """Invitations of trainers and enterprises; those of colleagues, perhaps heads, are their head's alone."""
    return record.role != Role.PARTNER and record.organisation_id in actor.organisations(Role.PARTNER)


def own_row(actor: Actor, record) -> bool:
    """What belongs to one person alone: messages, sign-ins, memberships."""
    return record.person_id == actor.person_id


def nationwide_over_institution(actor: Actor, record) -> bool:
    return record.kind == "institution" and actor.is_nationwide


def oversees(actor: Actor, record) -> bool:
    """Partner staff over a person: `record.overseer_ids` are the institutions responsible for that person."""
    return actor.person_id != record.id and (
        bool(record.overseer_ids & actor.organisations(Role.PARTNER)) or (actor.is_nationwide and bool(record.overseer_ids))
    )


POLICY: dict[Permission, tuple[Predicate, ...]] = {
    Permission.ACCOUNT_USE: (signed_in,),
    Permission.ACCOUNT_SECURE: (signed_in,),
    Permission.COLLEAGUES_MANAGE: (is_head_of,),
    Permission.PEOPLE_MANAGE: (partner_person,),
    Permission.PERSON_OVERSEE: (oversees,),
    Permission.INSTITUTION_CREATE: (nationwide,),
    Permission.INSTITUTION_EDIT: (nationwide_over_institution,),
    Permission.INVITATION_MANAGE: (heads_its_organisation, staff_of_its_institution),
    Permission.MEMBERSHIP_END: (own_row, heads_its_organisation),
    Permission.MEMBERSHIP_LEAD: (heads_its_organisation,),
    Permission.MESSAGE_VIEW: (own_row,),
    Permission.SIGN_IN_END: (own_row,),
    Permission.ENROLMENT_OPEN: (enterprise_person,),
    Permission.ENROLMENT_WRITE: (own_enterprise,),
    Permission.ENROLMENT_VIEW: (own_enterprise, own_institution, covering_institution),
    Permission.ENROLMENT_DECIDE: (own_institution,),
    Permission.QUEUE_VIEW: (partner_person,),
    Permission.ASSESSMENT_HUB: (enterprise_person,),
    Permission.ENTERPRISE_ROUNDS: (own_institution,),
    Permission.ROUND_FILL: (own_enterprise,),
    Permission.ROUND_VIEW: (own_enterprise, own_institution, has_mandate),
    Permission.ROUND_REOPEN: (own_institution,),
    Permission.ROUND_VERIFY: (has_mandate,),
    Permission.EVIDENCE_VIEW: (own_enterprise, once_submitted(own_institution), once_submitted(has_mandate)),
    Permission.PULSE_LIST: (enterprise_person,),
    Permission.PULSE_OPEN: (own_enterprise,),
    Permission.PULSE_MANAGE: (own_enterprise,),
    Permission.TRAINER_PROFILE: (trainer_person,),
    Permission.TRAINER_LIST: (partner_person,),
    Permission.TRAINER_VIEW: (partner_person,),
    Permission.TRAINER_CERTIFY: (own_institution,),
    Permission.BOOKING_REQUEST: (enterprise_person,),
    Permission.BOOKING_LIST: (signed_in,),
    Permission.BOOKING_VIEW: (own_enterprise, own_institution, is_trainer_of),
    Permission.BOOKING_ANSWER: (is_lead_trainer_of,),
    Permission.BOOKING_CANCEL: (own_enterprise, own_institution, is_lead_trainer_of),
    Permission.BOOKING_COMPLETE: (is_lead_trainer_of, own_institution),
    Permission.DATA_REQUEST_ANSWER: (own_institution,),
    Permission.ENTERPRISE_ERASE: (enterprise_head,),
    Permission.ERASURE_DECIDE: (own_institution,),
    Permission.RECEIPT_LIST: (enterprise_person,),
}


def permitted(permission: Permission, actor: Actor, record=None) -> bool:
    return any(predicate(actor, record) for predicate in POLICY[permission])
