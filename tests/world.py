"""A small country with one of everything: who may open what is tried on it, by the eleven kinds of people who come.

`own` enterprise belongs to the Ningbo institution and has a confirmed class with `trainer`; `rival` is another enterprise of the same
institution, so that there is data that could leak.
"""

from datetime import timedelta

from score_web.accounts.models import Link, Mandate, MembershipRow, SignIn
from score_web.assessment.evidence import EvidenceKind
from score_web.assessment.models import Answer, AssessmentRound, Evidence
from score_web.assessment.states import RoundState
from score_web.booking.states import BookingState
from score_web.core import clock, uploads
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment.models import Enrolment
from score_web.permissions import Role
from score_web.privacy.models import DataRequest, Erasure
from score_web.pulse.models import PulseSurvey
from tests.client import Client
from tests.factories import add_membership, make_booking, make_enterprise, make_institution, make_person, make_trainer

PERSONAS = [
    "anonymous",
    "new enterprise",
    "own enterprise",
    "rival enterprise",
    "own partner",
    "other partner",
    "nationwide partner",
    "trainer with mandate",
    "other trainer",
    "ex-colleague",
    "suspended",
]


class World:
    """Call inside an application context. `people` by persona, `ids` by address argument."""

    def __init__(self):
        self.ningbo, partner = make_institution("宁波机构", scope="3302")
        _, other_partner = make_institution("重庆机构", scope="50")
        _, nationwide = make_institution("全国机构", scope="all")
        _, new = make_enterprise("新企业", state=None, division_code="")
        self.own, own = make_enterprise("本企业", institution=self.ningbo, code="91330200DEM033019T")
        self.rival, rival = make_enterprise("他企业", institution=self.ningbo, code="91330200DEM033027M")
        self.profile, trainer = make_trainer(self.ningbo, levels={1: "expert", 2: "certified"})
        _, other_trainer = make_trainer(self.ningbo)
        left, suspended = make_person("离职者"), make_person("停用者")
        self.colleague = make_person("同事")
        for person in (left, suspended, self.colleague):
            membership = add_membership(person, self.own, Role.ENTERPRISE, head=person is left)
            membership.until = clock.now() - timedelta(days=1) if person is left else None
        people = [new, own, rival, partner, other_partner, nationwide, trainer, other_trainer, left, suspended]
        self.people = dict(zip(PERSONAS[1:], people, strict=True))
        self.membership: MembershipRow = membership
        self._records(own, trainer)
        db.session.commit()

    def _records(self, own, trainer) -> None:
        self.round = self._round(self.own)
        self.survey = self._survey(self.round, "own-survey")
        self._survey(self._round(self.rival), "rival-survey")
        make_booking(self.rival, self.people["other trainer"], state=BookingState.ACCEPTED)
        self.booking = make_booking(self.own, trainer, state=BookingState.ACCEPTED)
        db.session.add(
            Mandate(
                enterprise_id=self.own.id,
                person_id=trainer.id,
                because=self.booking.because,
                starts_at=clock.now(),
                ends_at=clock.now() + timedelta(days=120),
            )
        )
        self.evidence = self._evidence()
        self.link = Link(
            token_hash="0" * 64,
            purpose="invite",
            email="guest@example.com",
            made_by_id=own.id,
            data={"by_organisation_id": self.own.id, "organisation_id": self.own.id, "role": "enterprise", "language": "en"},
            expires_at=clock.now() + timedelta(days=7),
        )
        self.message = Message(
            person_id=own.id,
            address=own.email,
            language="zh",
            subject_zh="消息",
            subject_en="News",
            body_zh="内容",
            body_en="Text",
            path="/dashboard",
        )
        self._wishes()
        self.sign_in = SignIn(key_hash="1" * 64, person_id=own.id, device="old phone")
        db.session.add_all([self.link, self.message, self.sign_in])
        db.session.flush()

    def _wishes(self) -> None:
        """About their data, of both enterprises; and of a person."""
        for enterprise, persona in ((self.rival, "rival enterprise"), (self.own, "own enterprise")):
            person = self.people[persona]
            self.request = DataRequest(person_id=person.id, institution_id=self.ningbo.id, text="My name is wrong")
            self.erasure = Erasure(organisation=enterprise, asked_by_id=person.id, due_on=clock.today() + timedelta(days=30))
            db.session.add_all([self.request, self.erasure])
        of_person = self.people["new enterprise"].id
        db.session.add(Erasure(person_id=of_person, asked_by_id=of_person, due_on=clock.today() + timedelta(days=30)))

    def _evidence(self) -> Evidence:
        """With its file: a photo of a submitted self-assessment, which others may see too."""
        now = clock.now()
        state = {"state": RoundState.SUBMITTED, "submitted_at": now, "first_submitted_at": now}
        submitted = AssessmentRound(enterprise=self.own, module=2, number=1, edition="2026", **state)
        db.session.add(submitted)
        db.session.flush()
        db.session.add(Answer(round_id=submitted.id, statement="M2-A1", value=2))
        row = Evidence(
            round=submitted,
            statement="M2-B1",
            kind=EvidenceKind.PHOTO,
            name="photo.jpg",
            made_on=clock.today(),
            media_type="image/jpeg",
            size=3,
            sha256="2" * 64,
            file_key=uploads.folder().store(b"jpg"),
            thumbnail_key=uploads.folder().store(b"jpg"),
        )
        db.session.add(row)
        return row

    def _round(self, enterprise) -> AssessmentRound:
        row = AssessmentRound(enterprise=enterprise, module=1, number=1, edition="2026")
        db.session.add(row)
        db.session.flush()
        return row

    def _survey(self, round_, token: str) -> PulseSurvey:
        row = PulseSurvey(round=round_, token=token, last_day=clock.today() + timedelta(days=9))
        db.session.add(row)
        db.session.flush()
        return row

    @property
    def ids(self) -> dict:
        """What stands in an address: the record of `own`, or of the trainer with the mandate."""
        enrolment = db.session.scalar(db.select(Enrolment).where(Enrolment.enterprise_id == self.own.id))
        return {
            "enrolment_id": enrolment.id,
            "assessment_round_id": self.round.id,
            "evidence_id": self.evidence.id,
            "booking_id": self.booking.id,
            "pulse_survey_id": self.survey.id,
            "trainer_profile_id": self.profile.id,
            "person_id": self.colleague.id,
            "organisation_id": self.own.id,
            "membership_row_id": self.membership.id,
            "link_id": self.link.id,
            "message_id": self.message.id,
            "sign_in_id": self.sign_in.id,
            "data_request_id": self.request.id,
            "erasure_id": self.erasure.id,
            "purpose": "research",
            "number": 1,
            "module": 1,
            "letter": "A",
            "statement": "M1-B1",
            "token": "no-such-token",
            "lang": "en",
        }

    def cookies(self, app) -> dict[str, str]:
        """Persona → the cookie of a device signed in; the suspended one was signed in before."""
        found = {"anonymous": ""}
        for persona, person in self.people.items():
            found[persona] = Client(app).sign_in(person).http.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
        self.people["suspended"].suspended_at = clock.now()
        db.session.commit()
        return found
