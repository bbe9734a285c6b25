"""Which enrolments are there, for whom, and what do others need to know of them?"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from score_web.accounts.models import Organisation
from score_web.accounts.queries import institutions
from score_web.core import audit, clock, paging
from score_web.core.db import db
from score_web.core.reading import all_of, once, records
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence, Text
from score_web.enrolment.changes import Change, changes, untouched
from score_web.enrolment.fields import FIELDS, Field
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.enrolment.queries.listing import counts, oldest_waiting
from score_web.enrolment.states import BY_PARTNER, DECISIONS, DONE, EnrolmentState
from score_web.permissions import Actor, Role
from score_web.reference import divisions, workdays

_S = EnrolmentState


def enrolments_visible_to(actor: Actor) -> Select:
    """The enterprise's own; those of the actor's institutions; once submitted, those of places their institutions cover."""
    areas = [Enrolment.division_code.startswith(prefix, autoescape=True) for prefix in actor.scopes]
    return select(Enrolment).where(
        or_(
            Enrolment.enterprise_id.in_(actor.organisations(Role.ENTERPRISE)),
            Enrolment.institution_id.in_(actor.organisations(Role.PARTNER)),
            Enrolment.institution_id.is_not(None) & or_(false(), *areas),
        )
    )


OF_ENTERPRISE = all_of(Enrolment).where(Enrolment.enterprise_id == bindparam("enterprise"))


@once
def enrolment_of(enterprise_id: int | None) -> Enrolment | None:
    return next(iter(records(Enrolment, OF_ENTERPRISE, enterprise=enterprise_id)), None)


def is_approved(enterprise_id: int | None) -> bool:
    """Approved, also while a correction of an approved enrolment waits for the partner."""
    found = enrolment_of(enterprise_id)
    return found is not None and (found.state is _S.APPROVED or (found.approved_before and found.state in (_S.SUBMITTED, _S.RETURNED)))


def may_assess(enterprise_id: int | None) -> bool:
    """Filling in a self-assessment may start once the enrolment is submitted."""
    found = enrolment_of(enterprise_id)
    return found is not None and found.state in (_S.SUBMITTED, _S.RETURNED, _S.APPROVED)


def institutions_for(division_code: str) -> list[Organisation]:
    """Who is responsible for a place: the longest matching prefix; several when they tie, nationwide ones when nobody is nearer."""
    fits = [(divisions.best_prefix(one.scope, division_code), one) for one in institutions()]
    best = max((fit for fit, _ in fits), default=-1)
    return [one for fit, one in fits if fit == best and fit >= 0]


def institutions_in(province_code: str) -> list[Organisation]:
    """Who serves at least a part of a province, the nearest first; the last ones serve what the others leave over."""
    start = province_code[:2]
    parts = [one for one in institutions() if any(len(prefix) > 2 and prefix.startswith(start) for prefix in divisions.prefixes(one.scope))]
    return parts + [one for one in institutions_for(province_code) if one not in parts]


def duplicates_of(enrolment: Enrolment) -> list[Enrolment]:
    """Others with the same credit code: for the responsible institution alone."""
    if not enrolment.code:
        return []
    return list(
        db.session.scalars(
            select(Enrolment)
            .options(joinedload(Enrolment.institution))
            .order_by(Enrolment.id)
            .where(Enrolment.code == enrolment.code, Enrolment.id != enrolment.id, Enrolment.state != _S.DRAFT)
        )
    )


def codes_twice(enrolments: list[Enrolment]) -> set[str]:
    """Of these, the credit codes that another enrolment has too."""
    codes = {one.code for one in enrolments if one.code}
    twice = select(Enrolment.code).where(Enrolment.code.in_(codes), Enrolment.state != _S.DRAFT)
    return set(db.session.scalars(twice.group_by(Enrolment.code).having(func.count() > 1)))


def versions_of(enrolment: Enrolment) -> list[EnrolmentVersion]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(EnrolmentVersion).where(EnrolmentVersion.enrolment_id == enrolment.id).order_by(EnrolmentVersion.number.desc())
        )
    )


def days_waited(since: datetime | None) -> int:
    """Working days after the day of arrival, today included."""
    if since is None:
        return 0
    return len(workdays.working_days_between(clock.in_china(since).date() + workdays.ONE_DAY, clock.today()))


class Entry(NamedTuple):
    """A line of the history. `who`: a name and an institution's names as of that day, for the partner or the enterprise to show."""

    at: datetime
    done: str
    person: str
    institution: Text | None
    reason: str
    remarks: list[tuple[str, str]]


def history_of(enrolment: Enrolment) -> list[Entry]:
    """Newest first."""
    return [_entry(event) for event in audit.history(enrolment)]


def _entry(event: audit.Happened) -> Entry:
    step = event.action.partition(".")[2]
    key = "from" if step == "transfer" else "institution"
    names = Text(en=event.words.get(f"{key}_en") or event.words.get(f"{key}_zh", ""), zh=event.words.get(f"{key}_zh", ""))
    remarks = [(field.label, event.words["remarks"][field.name]) for field in FIELDS if field.name in event.words.get("remarks", {})]
    by_partner = step in BY_PARTNER
    return Entry(event.at, DONE.get(step, step), event.by_name, names if by_partner else None, event.reason, remarks)


def waiting_for(actor: Actor) -> list[Waiting]:
    """For the dashboard: what the enterprise has to send, what the institution has to decide."""
    found = [_of_enterprise(actor.enterprise_id)] if actor.enterprise_id else []
    if actor.has(Role.PARTNER):
        found.append(_of_partner(actor))
    return [item for item in found if item]


def _of_enterprise(enterprise_id: int) -> Waiting | None:
    own = enrolment_of(enterprise_id)
    if own is None:
        return Waiting(Sentence(N_("Enrol your enterprise: about 15 minutes")), "enrolment.start")
    if own.state is _S.DRAFT:
        return Waiting(Sentence(N_("Finish and submit your enrolment")), "enrolment.start", since=own.saved_at)
    if own.state is _S.RETURNED:
        text = Sentence(N_("Correct your enrolment: your partner institution wrote what to change"))
        return Waiting(text, "enrolment.show", {"enrolment_id": own.id}, since=own.decided_at, urgent=True)
    return None


def _of_partner(actor: Actor) -> Waiting | None:
    oldest = oldest_waiting(actor)
    if oldest is None:
        return None
    number = counts(actor)["decide"]
    text = Sentence(N_("Enrolments to decide: %(number)s"), number=paging.said(number))
    return Waiting(text, "enrolment.queue", since=oldest.submitted_at, count=number)


class Review(NamedTuple):
    """What the partner looks at: the answers of the last version, what changed in it and which remarks nobody answered."""

    answers: dict
    at: datetime | None
    before_at: datetime | None
    changed: list[Change]
    ignored: list[Field]
    history: list[Entry]


def review_of(enrolment: Enrolment) -> Review:
    """The last version that was handed in: what the enterprise is typing since is its own affair. While it waits, it is
    compared with the version that was decided upon last; without such a decision everything is new to the reader."""
    versions = versions_of(enrolment)
    last = versions[0] if versions else None
    before = _decided_version(enrolment, versions) if enrolment.state is _S.SUBMITTED else None
    answers = last.answers if last else enrolment.answers
    asked = enrolment.returned_fields if before else {}
    changed = changes(before.answers, answers, asked) if before else []
    return Review(
        answers, last.at if last else None, before.at if before else None, changed, untouched(changed, asked), history_of(enrolment)
    )


def _decided_version(enrolment: Enrolment, versions: list[EnrolmentVersion]) -> EnrolmentVersion | None:
    """What the institution had before it when it decided last."""
    decided = next((event.at for event in audit.history(enrolment) if event.action.partition(".")[2] in DECISIONS), None)
    return next((version for version in versions[1:] if decided and version.at <= decided), None)
