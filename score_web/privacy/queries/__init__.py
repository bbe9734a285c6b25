"""What did somebody agree to, ask for, and what of an enterprise went to whom?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, false, func, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import Select

from score_web.accounts.models import Consent, MembershipRow, Organisation, Person
from score_web.accounts.queries import people_visible_to
from score_web.core import paging
from score_web.core.db import db
from score_web.core.paging import Page
from score_web.core.reading import all_of, records
from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence
from score_web.permissions import Actor, Role
from score_web.privacy.models import DataRequest, Erasure
from score_web.privacy.purposes import PURPOSES, RESEARCH, Purpose
from score_web.privacy.states import ErasureState, RequestState


@dataclass(frozen=True)
class Choice:
    """A purpose, and the last thing this person said about it: None, or a row."""

    purpose: Purpose
    last: Consent | None

    @property
    def given(self) -> bool:
        """To today's version; who agreed to an older one is asked again."""
        return bool(self.last and self.last.given and self.last.version == self.purpose.version)


def choices_of(actor: Actor) -> list[Choice]:
    """The purposes that concern somebody with these roles."""
    rows = {row.document: row for row in consents_of(actor.person_id)[::-1]}
    return [Choice(p, rows.get(p.name)) for p in PURPOSES if any(actor.has(role) for role in p.roles)]


def consents_of(person_id: int) -> list[Consent]:
    """Everything ever said, newest first."""
    return list(db.session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())))


def last_consent(person_id: int, purpose: Purpose) -> Consent | None:
    rows = select(Consent).where(Consent.person_id == person_id, Consent.document == purpose.name)
    return db.session.scalar(rows.order_by(Consent.id.desc()).limit(1))


def people_to_ask(actor: Actor) -> list[Person]:
    """Those in this actor's area who agreed to be asked about the programme, and have not withdrawn."""
    last = select(func.max(Consent.id)).where(Consent.document == RESEARCH.name).group_by(Consent.person_id)
    agreed = select(Consent.person_id).where(Consent.id.in_(last), Consent.given, Consent.version == RESEARCH.version)
    people = people_visible_to(actor).where(Person.id.in_(agreed), Person.closed_at.is_(None), Person.suspended_at.is_(None))
    return list(
        db.session.scalars(
            people.options(joinedload(Person.memberships).joinedload(MembershipRow.organisation)).order_by(Person.name, Person.id)
        ).unique()
    )


def requests_of(person_id: int) -> list[DataRequest]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(DataRequest)
            .where(DataRequest.person_id == person_id)
            .options(joinedload(DataRequest.institution))
            .order_by(DataRequest.id.desc())
        )
    )


def requests_visible_to(actor: Actor) -> Select:
    """Those one's institution has to answer: the same that Permission.DATA_REQUEST_ANSWER opens."""
    return select(DataRequest).where(DataRequest.institution_id.in_(actor.organisations(Role.PARTNER)))


def requests_to_answer(actor: Actor, page: str = "") -> Page:
    """Open ones, oldest first; on the page where they end, those answered last. By when they were asked: by id a database would walk
    through all that ever were, to find the few that are open at the end."""
    mine = requests_visible_to(actor)
    found = paging.page([mine.where(DataRequest.state == RequestState.OPEN)], (DataRequest.asked_at, DataRequest.id), page)
    whose = joinedload(DataRequest.person)
    waiting = paging.loaded(select(DataRequest).options(whose), DataRequest, found.ids)
    if found.after:
        return found.showing(waiting)
    answered = mine.where(DataRequest.state == RequestState.ANSWERED).order_by(DataRequest.answered_at.desc()).limit(20)
    return found.showing([*waiting, *db.session.scalars(answered.options(whose))])


TO_COME = all_of(Erasure).where(Erasure.person_id == bindparam("person"), Erasure.state == ErasureState.ASKED)


def erasure_of_person(person_id: int) -> Erasure | None:
    """The one that is still to come."""
    return next(iter(records(Erasure, TO_COME, person=person_id)), None)


def erasure_of_enterprise(enterprise_id: int | None) -> Erasure | None:
    return db.session.scalar(select(Erasure).where(Erasure.organisation_id == enterprise_id, Erasure.state == ErasureState.ASKED))


def erasures_visible_to(actor: Actor) -> Select:
    """Those of enterprises whose institution one works for. Begun from the few that are asked for: an institution has thousands of
    enterprises, and SQLite would collect them all for an `IN`."""
    own = actor.organisations(Role.PARTNER)
    theirs = Erasure.organisation_id.is_not(None) & Erasure.organisation.has(Organisation.institution_id.in_(own))
    return select(Erasure).where(theirs if own else false())


def erasures_to_confirm(actor: Actor, page: str = "") -> Page:
    """The oldest first, by when they were asked for the same reason."""
    asked = erasures_visible_to(actor).where(Erasure.state == ErasureState.ASKED)
    found = paging.page([asked], (Erasure.asked_at, Erasure.id), page)
    return found.showing(paging.loaded(select(Erasure).options(joinedload(Erasure.organisation)), Erasure, found.ids))


def responsible_for(person: Person) -> int | None:
    """Whom somebody's request goes to: the institution over that person; else one that serves the whole country."""
    if own := min(person.overseer_ids, default=None):
        return own
    nationwide = select(Organisation.id).where(
        Organisation.kind == "institution", Organisation.scope == "all", Organisation.closed_at.is_(None)
    )
    return db.session.scalar(nationwide.order_by(Organisation.id).limit(1))


def _asked(actor: Actor) -> tuple[int, datetime | None]:
    """How many requests and erasures wait for one's institution, and since when the oldest does; without their words."""
    requests = requests_visible_to(actor).where(DataRequest.state == RequestState.OPEN).with_only_columns(DataRequest.asked_at)
    erasures = erasures_visible_to(actor).where(Erasure.state == ErasureState.ASKED).with_only_columns(Erasure.asked_at)
    asked = union_all(requests, erasures).subquery()
    return tuple(db.session.execute(select(func.count(), func.min(asked.c.asked_at)).select_from(asked)).one())


def waiting_for(actor: Actor) -> list[Waiting]:
    """For the dashboard: an account about to be erased; for institutions, requests to answer and erasures to confirm."""
    found = []
    if own := erasure_of_person(actor.person_id):
        text = Sentence(N_("Your account will be erased. You can still keep it"))
        found.append(Waiting(text, "privacy.leave", since=own.asked_at, urgent=True))
    if not actor.has(Role.PARTNER):
        return found
    number, since = _asked(actor)
    if number:
        found.append(
            Waiting(
                Sentence(N_("Requests about personal data to answer: %(number)s"), number=number),
                "privacy.requests",
                since=since,
                count=number,
            )
        )
    return found
