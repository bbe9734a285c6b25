"""Erasing an enterprise: names, codes, contacts, texts and files go; numbers, sector and province stay for the statistics."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, or_, select, update

from score_web.accounts.models import Link, Mandate, MembershipRow, Organisation
from score_web.accounts.queries import people_of
from score_web.assessment.models import (
    Answer,
    AnswerVersion,
    AssessmentRound,
    Evidence,
    LensValue,
    Participants,
    ThemeAssignment,
    TrainerRating,
    WorkerVoice,
)
from score_web.assessment.states import RoundState
from score_web.booking.models import Booking
from score_web.core import audit, clock, mail, uploads
from score_web.core.audit import AuditEvent, AuditWords, take_step
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.core.reading import lock_row
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.enrolment.queries import enrolment_of
from score_web.permissions import Actor, Role
from score_web.privacy.anonymous import ERASED, FILLED, kept_answers, province, rough_staff
from score_web.privacy.models import Erasure
from score_web.privacy.queries import erasure_of_enterprise
from score_web.privacy.queries.obstacles import Obstacle, obstacles
from score_web.privacy.services.scrubbing import replace_everywhere
from score_web.privacy.states import ERASURE
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer


def ask_erasure(enterprise: Organisation, *, by: Actor) -> Erasure:
    """The institution is told; if nobody objects it happens on the day. Raises Refused while something stands against it."""
    _lock(enterprise.id)
    if there := erasure_of_enterprise(enterprise.id):
        return there
    _refuse_while(obstacles(enterprise.id))
    days = timedelta(days=current_app.config["ERASURE_DAYS"])
    erasure = Erasure(organisation=enterprise, asked_by_id=by.person_id, due_on=clock.today() + days)
    db.session.add(erasure)
    audit.record("erasure.asked", erasure, by=by)
    for person in people_of(enterprise.institution_id, Role.PARTNER) if enterprise.institution_id else ():
        mail.send("privacy/email_erasure_asked.txt", to=person, path=f"/privacy/erasures/{erasure.id}", day=erasure.due_on)
    for person in people_of(enterprise.id, Role.ENTERPRISE):
        mail.send("privacy/email_erasure_comes.txt", to=person, path="/privacy/erase-enterprise", day=erasure.due_on)
    return erasure


def refuse_erasure(erasure: Erasure, *, by: Actor, reason: str) -> None:
    take_step(erasure, ERASURE, "refuse", by=by, reason=reason)
    erasure.ended_at = clock.now()
    for person in people_of(erasure.organisation_id, Role.ENTERPRISE):
        mail.send("privacy/email_erasure_refused.txt", to=person, path="/privacy/erase-enterprise", reason=reason)


def carry_out_erasure(erasure: Erasure, *, by: Actor | None = None) -> None:
    """On the day, or when the institution confirms. Raises Refused while something stands against it."""
    _refuse_while(obstacles(erasure.organisation_id))
    take_step(erasure, ERASURE, "carry_out", by=by)
    erasure.ended_at = clock.now()
    erase_enterprise(_lock(erasure.organisation_id), by=by)


def erase_enterprise(enterprise: Organisation, *, by: Actor | None = None) -> None:
    """Rows keep their ids, results their numbers. Self-assessments that are still open count nowhere and go whole."""
    enrolment = enrolment_of(enterprise.id)
    _scrub(enterprise, enrolment)
    rounds = select(AssessmentRound.id).where(AssessmentRound.enterprise_id == enterprise.id)
    _forget_files(rounds)
    open_ids = db.session.scalars(rounds.where(AssessmentRound.state == RoundState.OPEN).with_for_update()).all()
    _delete_rounds(open_ids)
    _empty_texts(enterprise.id, rounds)
    if enrolment:
        _make_rough(enrolment)
    now = clock.now()
    for row in db.session.scalars(select(MembershipRow).filter_by(organisation_id=enterprise.id, until=None)):
        row.until = now
    db.session.execute(update(Mandate).where(Mandate.enterprise_id == enterprise.id, Mandate.ends_at > now).values(ends_at=now))
    enterprise.name_zh, enterprise.name_en, enterprise.contact = ERASED["zh"], ERASED["en"], ""
    enterprise.division_code, enterprise.closed_at = province(enterprise.division_code), enterprise.closed_at or now
    audit.record("organisation.erased", enterprise, by=by, enterprise_id=enterprise.id)


def _scrub(enterprise: Organisation, enrolment: Enrolment | None) -> None:
    """In messages that others hold. Those that lead to its records are emptied whole."""
    typed = enrolment.answers if enrolment else {}
    words = [enterprise.name_zh, enterprise.name_en, *(str(typed.get(name) or "") for name in NAMING)]
    if enrolment:
        words += [enrolment.name_zh, enrolment.name_en, enrolment.code]
    own = select(Organisation.id).where(Organisation.id == enterprise.id)
    booked = (
        select(MembershipRow.organisation_id)
        .join(Booking, or_(Booking.lead_id == MembershipRow.person_id, Booking.second_id == MembershipRow.person_id))
        .where(Booking.enterprise_id == enterprise.id)
    )
    around = select(Organisation.id).where(
        or_(Organisation.id.in_([enterprise.id, enterprise.institution_id or 0]), Organisation.id.in_(booked))
    )
    replace_everywhere([word for word in words if word], enterprises=own, organisations=around, instead=ERASED)
    paths = [f"/enrolment/{enrolment.id}" if enrolment else ""]
    paths += [f"/assessment/{id_}/" for id_ in db.session.scalars(select(AssessmentRound.id).filter_by(enterprise_id=enterprise.id))]
    paths += [f"/booking/{id_}" for id_ in db.session.scalars(select(Booking.id).filter_by(enterprise_id=enterprise.id))]
    told = select(Message.id).where(
        or_(*(or_(Message.path == path.rstrip("/"), Message.path.startswith(path.rstrip("/") + "/")) for path in paths if path))
    )
    gone = {"subject_zh": ERASED["zh"], "subject_en": ERASED["en"], "body_zh": "", "body_en": ""}
    if any(paths):
        db.session.execute(update(Message).where(Message.id.in_(told)).values(gone).execution_options(synchronize_session=False))
    invited = Link.data["organisation_id"].as_integer() == enterprise.id
    db.session.execute(delete(Link).where(invited).execution_options(synchronize_session=False))


NAMING = ("name_zh", "name_en", "code", "contact_name", "contact_phone")


def _forget_files(rounds) -> None:
    rows = db.session.execute(
        delete(Evidence)
        .where(Evidence.round_id.in_(rounds))
        .returning(Evidence.file_key, Evidence.thumbnail_key)
        .execution_options(synchronize_session=False)
    )
    for key in (key for row in rows.all() for key in row if key):
        uploads.forget(key)


def _delete_rounds(ids: list[int]) -> None:
    surveys = select(PulseSurvey.id).where(PulseSurvey.round_id.in_(ids))
    for model in (WaitingAnswer, PulseCount):
        db.session.execute(delete(model).where(model.survey_id.in_(surveys)).execution_options(synchronize_session=False))
    for model in (PulseSurvey, Answer, AnswerVersion, LensValue, WorkerVoice, TrainerRating, Participants, ThemeAssignment):
        db.session.execute(delete(model).where(model.round_id.in_(ids)).execution_options(synchronize_session=False))
    db.session.execute(delete(AssessmentRound).where(AssessmentRound.id.in_(ids)).execution_options(synchronize_session=False))


def _empty_texts(enterprise_id: int, rounds) -> None:
    """A reason that makes an answer count leaves a dash, so that as many are answered as before."""
    events = select(AuditEvent.id).where(AuditEvent.enterprise_id == enterprise_id)
    for statement in (
        *(update(model).where(model.round_id.in_(rounds), model.reason != "").values(reason=FILLED) for model in (Answer, AnswerVersion)),
        *(
            update(model).where(model.round_id.in_(rounds), model.note != "").values(note="")
            for model in (Answer, AnswerVersion, TrainerRating)
        ),
        delete(ThemeAssignment).where(ThemeAssignment.round_id.in_(rounds)),
        update(Booking).where(Booking.enterprise_id == enterprise_id).values(place="", message="", answer=""),
        delete(AuditWords).where(AuditWords.event_id.in_(events)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _make_rough(enrolment: Enrolment) -> None:
    lock_row(enrolment)
    staff = rough_staff(women=enrolment.women, men=enrolment.men, managers=enrolment.managers, casual=enrolment.casual)
    enrolment.division_code = province(enrolment.division_code)
    for name, number in staff.items():
        setattr(enrolment, name, number)
    enrolment.name_zh, enrolment.name_en, enrolment.code = ERASED["zh"], ERASED["en"], f"erased-{enrolment.id}"
    enrolment.answers, enrolment.returned_fields = kept_answers(enrolment.answers, staff, enrolment.division_code), {}
    for version in db.session.scalars(select(EnrolmentVersion).where(EnrolmentVersion.enrolment_id == enrolment.id)):
        version.answers = kept_answers(version.answers, staff, enrolment.division_code)


def _lock(enterprise_id: int) -> Organisation:
    return db.session.get(Organisation, enterprise_id, populate_existing=True, with_for_update={"key_share": True})


def _refuse_while(found: list[Obstacle]) -> None:
    if found:
        raise Refused(found[0].sentence)
