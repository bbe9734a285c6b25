"""What must hold at any moment, whoever was killed in the middle of whatever? `broken()` says in words what does not."""

import hashlib
from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy import func, select, text

from score_web.accounts.models import Link, Mandate, Person
from score_web.assessment.models import Answer, AnswerVersion, AssessmentRound, Evidence
from score_web.booking.models import Booking
from score_web.booking.states import LIVE
from score_web.core import clock, uploads
from score_web.core.audit import AuditEvent
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer
from score_web.trainers.models import DayClaim, TrainerProfile

FIRST = {"enrolment": "draft", "booking": "requested", "assessment_round": "open", "pulse_survey": "open"}
# How many are told of a step where one person stands on each side, whoever took it; news and audit are written together.
TOLD = {
    "enrolment.submit": 2, "enrolment.return": 1,
    "booking.request": 1, "booking.accept": 2, "booking.cancel": 2, "booking.decline": 1, "booking.lapse": 2,
}  # fmt: skip


def broken() -> list[str]:
    """Inside an application context; reads only."""
    parts = (_file, _states, _news, _days, _evidence, _survey, _versions, _registered)
    return [sentence for part in parts for sentence in part()]


def _file() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    sound = db.session.scalar(text("PRAGMA integrity_check"))
    loose = db.session.execute(text("PRAGMA foreign_key_check")).all()
    return [f"the file is not sound: {sound}"] * (sound != "ok") + [f"loose reference: {row}" for row in loose]


def _events(record_type: str) -> dict[int, list[AuditEvent]]:
    found = defaultdict(list)
    for event in db.session.scalars(select(AuditEvent).where(AuditEvent.record_type == record_type).order_by(AuditEvent.id)):
        found[event.record_id].append(event)
    return found


def _states() -> list[str]:
    """Each step begins where the last one ended, and the record stands where the last one led."""
    wrong = []
    for model in (Enrolment, Booking, AssessmentRound, PulseSurvey):
        known = _events(model.__tablename__)
        for thing in db.session.scalars(select(model)):
            state = FIRST[model.__tablename__]
            steps = [event for event in known[thing.id] if event.after]
            for event in steps:
                wrong += [f"{event.action} of {thing.id} begins at {event.before}, not {state}"] * (event.before not in ("", state))
                state = event.after
            if known[thing.id] and thing.state != state:  # without history: arranged by a factory
                wrong.append(f"{model.__tablename__} {thing.id} is {thing.state}, its history says {state}")
    return wrong


def _news() -> list[str]:
    """Everybody concerned is told of every step, once."""
    wrong = []
    for name, path in (("enrolment", "/enrolment/%s"), ("booking", "/booking/%s")):
        told = Counter(db.session.scalars(select(Message.path)))
        for number, happened in _events(name).items():
            wanted = sum(TOLD.get(event.action, 0) for event in happened)
            there = sum(n for place, n in told.items() if place.removesuffix("/review") == path % number)
            wrong += [f"{name} {number}: {there} messages, {wanted} expected"] * (there != wanted)
    return wrong


def events(record_type: str) -> dict[int, list[str]]:
    """What happened to each record, in order."""
    return {number: [event.action for event in happened] for number, happened in _events(record_type).items()}


def _days() -> list[str]:
    """A confirmed booking claims its days and opens its mandates; nothing else does."""
    live = [booking for booking in db.session.scalars(select(Booking)) if booking.state in LIVE]
    profiles = dict(db.session.execute(select(TrainerProfile.person_id, TrainerProfile.id)).all())
    wanted = {(profiles[person], day, booking.because) for booking in live for person in booking.trainer_ids for day in booking.days}
    claimed = {tuple(row) for row in db.session.execute(select(DayClaim.trainer_id, DayClaim.day, DayClaim.because))}
    open_ = set(db.session.scalars(select(Mandate.because).where(Mandate.ends_at > clock.now())))
    wrong = [f"days {sorted(map(str, wanted ^ claimed))} are claimed without a booking, or the other way round"] * (wanted != claimed)
    return wrong + [f"mandates {sorted(open_)} do not fit the bookings"] * (open_ != {booking.because for booking in live})


def _evidence() -> list[str]:
    """Each row's file is there, whole."""
    wrong = []
    for row in db.session.scalars(select(Evidence)):
        try:
            with uploads.open_stored(row.file_key) as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == row.sha256
        except uploads.Lost:
            same = False
        wrong += [f"evidence {row.id}: its file is missing or not whole"] * (not same)
    return wrong


def swept() -> list[str]:
    """Two days later the job has removed every file that no row names."""
    with clock.at(clock.now() + timedelta(days=2)):
        uploads.sweep()
    named = {key for row in db.session.execute(select(Evidence.file_key, Evidence.thumbnail_key)) for key in row if key}
    there = {key for key, _written in uploads.folder().stored()}
    return [f"files without a row or rows without a file: {sorted(named ^ there)}"] * (named != there)


def _survey() -> list[str]:
    """Whoever answered waits or is counted."""
    wrong = []
    for survey in db.session.scalars(select(PulseSurvey)):
        waiting = db.session.scalar(select(func.count()).select_from(WaitingAnswer).where(WaitingAnswer.survey_id == survey.id))
        there = waiting + survey.told + survey.dropped
        wrong += [f"survey {survey.id}: {survey.taken} taken, {there} there"] * (there != survey.taken)
        most = select(func.max(PulseCount.told + PulseCount.held)).where(PulseCount.survey_id == survey.id)
        wrong += [f"survey {survey.id}: more counted than told"] * ((db.session.scalar(most) or 0) > survey.told)
    return wrong


def _versions() -> list[str]:
    """Every version that was replaced is kept."""
    kept = dict(db.session.execute(select(AnswerVersion.round_id, func.count()).group_by(AnswerVersion.round_id)).all())
    made = dict(db.session.execute(select(Answer.round_id, func.sum(Answer.version - 1)).group_by(Answer.round_id)).all())
    wrong = [f"answers of {number}: {n} replaced, {kept.get(number, 0)} kept" for number, n in made.items() if n != kept.get(number, 0)]
    for number, happened in _events("enrolment").items():
        handed_in = sum(event.action in ("enrolment.submit", "enrolment.recheck", "enrolment.correct") for event in happened)
        there = list(db.session.scalars(select(EnrolmentVersion.number).where(EnrolmentVersion.enrolment_id == number)
                                        .order_by(EnrolmentVersion.number)))
        wrong += [f"enrolment {number}: versions {there} of {handed_in}"] * (there != list(range(1, handed_in + 1)))
    return wrong


def _registered() -> list[str]:
    """Somebody who registered has a link and the mail that brings it."""
    new = select(Person.email).where(Person.activated_at.is_(None))
    linked, mailed = set(db.session.scalars(select(Link.email))), set(db.session.scalars(select(Message.address)))
    wrong = [f"{email} registered and gets no link" for email in db.session.scalars(new) if email not in linked & mailed]
    begun = select(Person.email).where(Person.email.like("newcomer%"), Person.activated_at.is_not(None), ~Person.memberships.any())
    return wrong + [f"{email} has an account without an enterprise" for email in db.session.scalars(begun)]
