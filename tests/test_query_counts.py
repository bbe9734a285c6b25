"""Does a list ask the database the same number of questions for 1 row and for 30?"""

from datetime import timedelta

import pytest

from score_web.accounts.models import Link, Mandate, SignIn
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Role
from score_web.privacy.models import DataRequest, Erasure
from score_web.privacy.states import RequestState
from score_web.pulse.models import PulseSurvey
from tests.asked import asked
from tests.client import Client
from tests.factories import add_membership, make_booking, make_enterprise, make_institution, make_person, make_trainer
from tests.world import World


def enrolment(world, n):
    make_enterprise(institution=world.ningbo, state=EnrolmentState.SUBMITTED, code=f"code-{n}")


def trainer(world, n):
    make_trainer(world.ningbo, levels={1: "expert", 2: "certified"})


def colleague(world, n):
    add_membership(make_person(), world.own, Role.ENTERPRISE)


def institution(world, n):
    make_institution(scope="31")


def message(world, n):
    db.session.add(
        Message(
            person_id=world.people["own enterprise"].id,
            address="a@example.com",
            language="zh",
            subject_zh="消息",
            subject_en=f"News {n}",
            body_zh="内容",
            body_en="Text",
            path="/dashboard",
        )
    )


def device(world, n):
    db.session.add(SignIn(key_hash=f"device-{n}", person_id=world.people["own enterprise"].id, device=f"phone {n}"))


def mandate(world, n):
    db.session.add(
        Mandate(
            enterprise_id=world.own.id,
            person_id=make_person().id,
            because=f"booking:{n + 1000}",
            starts_at=clock.now(),
            ends_at=clock.now() + timedelta(days=9),
        )
    )


def request(world, n):
    enterprise, _ = make_enterprise(institution=world.ningbo, code=f"code-{n}")
    make_booking(enterprise, world.people["trainer with mandate"], in_days=30 + 2 * n)


def survey(world, n):
    round_ = AssessmentRound(enterprise=world.own, module=3, number=n + 1, edition="2026", state=RoundState.SUBMITTED)
    db.session.add(PulseSurvey(round=round_, token=f"survey-{n}", last_day=clock.today()))


def wish(world, n):
    """Of a person to have something corrected, and of an enterprise to be erased."""
    enterprise, head = make_enterprise(institution=world.ningbo, code=f"code-{n}")
    db.session.add(DataRequest(person=head, institution=world.ningbo, text="My name is wrong"))
    db.session.add(Erasure(organisation=enterprise, asked_by_id=head.id, due_on=clock.today()))


def answered_wish(world, n):
    request = DataRequest(person=make_person(), institution=world.ningbo, text="My name is wrong")
    request.state, request.answered_at = RequestState.ANSWERED, clock.now()
    db.session.add(request)


def invitation(world, n):
    of = world.ningbo.id
    data = {"by_organisation_id": of, "organisation_id": of, "role": "trainer", "language": "en"}
    ends = clock.now() + timedelta(days=7)
    db.session.add(Link(token_hash=f"invitation-{n}", purpose="invite", email=f"{n}@example.com", data=data, expires_at=ends))


def happening(world, n):
    """By another person each time, about another one."""
    audit.record("organisation.joined", world.own, by=make_person(), person_id=make_person().id, role="enterprise", reason=f"reason {n}")


LISTS = [
    ("/en/log", "own enterprise", happening),
    ("/en/log", "own partner", happening),
    ("/en/enrolment/queue", "own partner", enrolment),
    ("/en/dashboard", "own partner", enrolment),
    ("/en/dashboard", "own partner", request),
    ("/en/dashboard", "trainer with mandate", request),
    ("/en/booking/", "own partner", request),
    ("/en/booking/", "trainer with mandate", request),
    ("/en/trainers/", "own partner", trainer),
    ("/en/booking/new?module=1", "own enterprise", trainer),
    ("/en/accounts/people", "own partner", enrolment),
    ("/en/accounts/people", "own partner", invitation),
    ("/en/privacy/requests", "own partner", wish),
    ("/en/privacy/requests", "own partner", answered_wish),
    ("/en/accounts/colleagues", "own enterprise", colleague),
    ("/en/accounts/institutions", "nationwide partner", institution),
    ("/en/accounts/inbox", "own enterprise", message),
    ("/en/accounts/devices", "own enterprise", device),
    ("/en/assessment/who-sees", "own enterprise", mandate),
    ("/en/pulse/", "own enterprise", survey),
]


def questions(client, path: str) -> list[str]:
    with asked(db.engine) as statements:
        client.get(path)
    return statements


@pytest.mark.parametrize(("path", "persona", "add"), LISTS, ids=lambda v: getattr(v, "__name__", v))
def test_same_number_of_queries_for_1_and_30_rows(app, path, persona, add):
    with app.app_context():
        world = World()
        add(world, 0)
        db.session.commit()
        client = Client(app).sign_in(world.people[persona])
        client.get(path)
        few = questions(client, path)
        for n in range(1, 30):
            add(world, n)
        db.session.commit()
        many = questions(client, path)
    assert len(few) == len(many), "\n".join(sorted(set(many), key=many.count, reverse=True)[:3])
    assert len(many) <= 25, f"{len(many)} queries for one page"
