"""What goes when somebody leaves, beyond the account itself; leaving in some weeks; and taking that back."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, or_, select, update

from score_web.accounts.models import Link, Person
from score_web.accounts.queries import actor_of, person_by_id
from score_web.accounts.services import close_account, end_sign_ins
from score_web.assessment.models import GuestDraft, ThemeAssignment
from score_web.core import audit, clock, mail
from score_web.core.audit import AuditEvent, AuditWords, take_step
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.permissions import Actor
from score_web.privacy.models import DataRequest, Erasure
from score_web.privacy.queries import erasure_of_person
from score_web.privacy.services.scrubbing import around, replace_everywhere
from score_web.privacy.states import ERASURE
from score_web.trainers.models import DayOff, TrainerProfile


def leave_later(*, by: Actor) -> Erasure:
    """In so many days the account is erased; until then its owner keeps it with one button. All devices are signed out."""
    person = person_by_id(by.person_id, lock=True)
    erasure = erasure_of_person(person.id)
    if erasure is None:
        erasure = Erasure(person_id=person.id, asked_by_id=person.id, due_on=_due())
        db.session.add(erasure)
        audit.record("erasure.asked", erasure, by=by)
        mail.send("privacy/email_leaving.txt", to=person, path="/privacy/leave", day=erasure.due_on)
    end_sign_ins(person.id)
    return erasure


def stay(*, by: Actor) -> None:
    """Nothing happens where the account was not to be erased."""
    person_by_id(by.person_id, lock=True)
    if erasure := erasure_of_person(by.person_id):
        take_back(erasure, by=by)


def take_back(erasure: Erasure, *, by: Actor) -> None:
    take_step(erasure, ERASURE, "take_back", by=by)
    erasure.ended_at = clock.now()


def carry_out(erasure: Erasure) -> bool:
    """The day has come. Whoever others depend on by now stays and is told: a head must be left behind."""
    person = person_by_id(erasure.person_id, lock=True)
    actor = actor_of(person)
    if actor is None:  # suspended meanwhile: the wish still counts, once the account is restored
        return False
    try:
        with db.session.begin_nested():
            close_account(actor)
    except Refused as no:
        take_step(erasure, ERASURE, "refuse", reason=no.sentence.msgid)
        erasure.ended_at = clock.now()
        mail.send("privacy/email_stays.txt", to=person, path="/privacy/leave", why=no.sentence)
        return False
    return True


def erase_person(person: Person) -> None:
    """Part of closing the account, in the same transaction and before the name is gone from it."""
    if erasure := erasure_of_person(person.id):
        take_step(erasure, ERASURE, "carry_out")
        erasure.ended_at = clock.now()
    enterprises, organisations = around(person)
    replace_everywhere([person.name, person.email, person.phone], enterprises=enterprises, organisations=organisations)
    own = select(TrainerProfile.id).where(TrainerProfile.person_id == person.id)
    about = select(AuditEvent.id).where(
        or_(AuditEvent.person_id == person.id, (AuditEvent.record_type == "person") & (AuditEvent.record_id == person.id)))
    for statement in (
        update(TrainerProfile).where(TrainerProfile.person_id == person.id).values(about=""),
        update(DayOff).where(DayOff.trainer_id.in_(own)).values(reason=""),
        update(DataRequest).where(DataRequest.person_id == person.id).values(text="", answer=""),
        delete(ThemeAssignment).where(ThemeAssignment.person_id == person.id),
        delete(AuditWords).where(AuditWords.event_id.in_(about)),
        delete(GuestDraft).where(GuestDraft.person_id == person.id),
        delete(Message).where(Message.address == person.email),
        delete(Link).where(or_(Link.person_id == person.id, Link.email == person.email)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _due():
    return clock.today() + timedelta(days=current_app.config["ERASURE_DAYS"])
