"""People and a firm with unmistakable names, written wherever a name can come to stand; and a search for them in every table and byte."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from score_web.accounts.models import Mandate
from score_web.assessment import services
from score_web.assessment.answering import Reply
from score_web.assessment.models import AssessmentRound, Evidence, TrainerRating
from score_web.booking.models import Booking
from score_web.booking.states import BookingKind, BookingState
from score_web.core import audit, clock, mail, uploads
from score_web.core.db import Base, db, empty_log
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.permissions import Role
from score_web.trainers.models import DayOff
from tests.assessment.filling import answer_all
from tests.factories import actor_of, add_membership, make_enterprise, make_institution, make_person, make_trainer

NAME, EMAIL, PHONE = "钱雪瑾", "qian.xuejin@secret.example.com", "+8613957400123"
FIRM, FIRM_EN, CODE = "甬城秘密阀门有限公司", "Yongcheng Secret Valves", "91330200DEM033035G"
NOTE, REASON, CONTACT = "secretnote-ä1", "secretreason-2", "孟秘书"
FILE = b"secret evidence bytes 0123456789"
OF_PERSON, OF_FIRM = [NAME, NAME[:2], EMAIL, PHONE], [FIRM, FIRM[2:4], FIRM_EN, CODE, NOTE, REASON, CONTACT, "13957499999"]


def make_secrets() -> SimpleNamespace:
    """The firm with two heads, a submitted and an open self-assessment, evidence, a trainer with a past class; committed."""
    institution, partner = make_institution("宁波机构")
    profile, trainer = make_trainer(institution, about=f"works with {NAME}")
    firm, head = make_enterprise(FIRM, institution=institution, code=CODE, sector="C38", women=63, men=41, managers=11, workers=93)
    firm.name_en = FIRM_EN
    person = make_person(NAME, email=EMAIL, phone=PHONE, language="zh")
    add_membership(person, firm, Role.ENTERPRISE, head=True)
    db.session.commit()
    s = SimpleNamespace(institution=institution, partner=partner, profile=profile, trainer=trainer, firm=firm, head=head, person=person)
    _enrolment(s)
    _rounds(s)
    _bookings(s)
    _news(s)
    db.session.commit()
    return s


def _enrolment(s) -> None:
    enrolment = db.session.scalar(db.select(Enrolment).filter_by(enterprise_id=s.firm.id))
    enrolment.answers = enrolment.answers | {
        "name_zh": FIRM,
        "name_en": FIRM_EN,
        "contact_name": CONTACT,
        "contact_phone": "13957499999",
        "products": f"{NOTE} by {NAME}",
        "representation": "union",
    }
    enrolment.name_en, enrolment.returned_fields = FIRM_EN, {"products": f"{REASON} {EMAIL}"}
    db.session.add(EnrolmentVersion(enrolment_id=enrolment.id, number=1, by_id=s.person.id, answers=dict(enrolment.answers)))
    audit.record("enrolment.return", enrolment, by=actor_of(s.partner), reason=f"{REASON}: ask {NAME}", words={"remark": FIRM})
    mail.send("accounts/email_head.txt", to=s.partner, path=f"/enrolment/{enrolment.id}/review", organisation=s.firm)
    s.enrolment_id = enrolment.id


def _rounds(s) -> None:
    actor = actor_of(s.person)
    first = services.start_round(enterprise_id=s.firm.id, module=1, by=actor)
    db.session.commit()
    but = {"M1-A1": Reply("3", note=NOTE), "M1-A2": Reply("not_applicable", reason=f"{REASON} {NAME}")}
    answer_all(first, actor, but=but)
    answer_all(
        first, actor, but={"M1-A1": Reply("2", note=f"{NOTE}, says {NAME}"), "M1-A2": Reply("not_applicable", reason=REASON)}, only=2
    )
    key = uploads.store(FILE)
    db.session.add(
        Evidence(
            round=first,
            statement="M1-B1",
            kind="document",
            name=f"{FIRM}.pdf",
            caption=NOTE,
            made_on=clock.today(),
            media_type="application/pdf",
            size=len(FILE),
            sha256="3" * 64,
            file_key=key,
            uploaded_by_id=s.person.id,
        )
    )
    services.submit_round(first, by=actor)
    db.session.add(TrainerRating(round_id=first.id, statement="M1-A1", value=1, note=f"{NOTE} {NAME}", changed_by_id=s.trainer.id))
    second = services.start_round(enterprise_id=s.firm.id, module=2, by=actor)
    db.session.commit()
    answer_all(second, actor, but={"M2-A1": Reply("1", note=NOTE)}, only=3)
    s.submitted_id, s.open_id, s.key = first.id, second.id, key


def _bookings(s) -> None:
    day = clock.today() - timedelta(days=40)
    booking = Booking(
        enterprise_id=s.firm.id,
        module=1,
        kind=BookingKind.VISIT,
        state=BookingState.COMPLETED,
        first_day=day,
        last_day=day,
        lead_id=s.trainer.id,
        uid="secret-booking",
        expires_at=clock.now(),
        place=f"{FIRM} {NOTE}",
        message=f"ask for {NAME}",
        answer=f"{NOTE} {PHONE}",
    )
    db.session.add(booking)
    db.session.flush()
    db.session.add(
        Mandate(enterprise_id=s.firm.id, person_id=s.trainer.id, because=booking.because, ends_at=clock.now() + timedelta(days=9))
    )
    db.session.add(DayOff(trainer_id=s.profile.id, day=day, reason="wedding"))
    audit.record("booking.complete", booking, by=actor_of(s.trainer), reason=f"{REASON} {NAME}")
    s.booking_id = booking.id


def _news(s) -> None:
    for reader, path in ((s.trainer, f"/booking/{s.booking_id}"), (s.partner, "/dashboard"), (s.person, "/dashboard")):
        db.session.add(
            Message(
                person_id=reader.id,
                address=reader.email,
                language="zh",
                subject_zh=f"{NAME}来信",
                subject_en=f"News of {FIRM_EN}",
                body_zh=f"{FIRM} {NAME} {PHONE}",
                body_en=f"{FIRM_EN} {EMAIL}",
                path=path,
            )
        )


def places(word: str) -> list[str]:
    """Tables in whose rows it stands (JSON as people read it), and "bytes" where the database's own files hold it."""
    found = [
        table.name
        for table in Base.metadata.sorted_tables
        if word.lower() in json.dumps([list(row) for row in db.session.execute(table.select())], ensure_ascii=False, default=str).lower()
    ]
    db.session.commit()
    if db.engine.dialect.name == "sqlite":
        empty_log()
        spelled = (word.encode(), json.dumps(word)[1:-1].encode())
        files = [Path(db.engine.url.database + end).read_bytes() for end in ("", "-wal")]
        found += ["bytes"] if any(one in raw for raw in files for one in spelled) else []
    return found


def left_over(words: list[str]) -> dict[str, list[str]]:
    """Which of these still stand somewhere, and where."""
    return {word: there for word in words if (there := places(word))}


def shape(round_id: int) -> list:
    """The numbers of a self-assessment."""
    round_ = db.session.get(AssessmentRound, round_id)
    from score_web.assessment import queries

    score = queries.score_of(round_)
    return [
        score.percent,
        [(t.percent, t.answered, t.total) for t in score.themes],
        queries.progress(round_.enterprise_id)[round_id],
        queries.percents([round_id]),
    ]
