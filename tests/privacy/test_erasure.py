"""Is nothing left of whom is erased, in no row, file or byte, and does every number stand as before?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import InvalidRequestError

from score_web.accounts.models import Person
from score_web.accounts.services import close_account
from score_web.assessment import services as assessment
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AssessmentRound, LensValue
from score_web.assessment.queries.benchmark import benchmarks_of
from score_web.assessment.states import RoundState
from score_web.core import audit, clock, rollups, uploads
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Role
from score_web.privacy import cli, queries, services
from score_web.privacy.models import Erasure
from score_web.privacy.states import ErasureState
from tests.factories import PASSWORD, actor_of, add_membership, make_enterprise, make_institution, make_person
from tests.privacy.named import CONTACT, FIRM, NAME, NOTE, OF_FIRM, OF_PERSON, left_over, make_secrets, shape

both_engines = pytest.mark.both_engines


@pytest.fixture
def s(database):
    return make_secrets()


@both_engines
def test_of_a_closed_account_no_row_and_no_byte_is_left(s):
    assert list(left_over(OF_PERSON)) == OF_PERSON
    before = shape(s.submitted_id)
    close_account(actor_of(s.person))
    db.session.commit()
    assert left_over(OF_PERSON) == {}
    assert list(left_over([FIRM, NOTE, CONTACT])) == [FIRM, NOTE, CONTACT], "what belongs to the enterprise stays"
    assert shape(s.submitted_id) == before
    assert rollups_differ() == []


def rollups_differ() -> list[str]:
    """What is kept beside the records follows them."""
    found = [line for rollup in rollups.ROLLUPS.values() for line in rollups.differences(rollup)]
    db.session.rollback()
    return found


def others(institution, number: int = 5) -> list[AssessmentRound]:
    """Firms of the same sector and province with results."""
    made = []
    for n in range(number):
        firm, _ = make_enterprise(institution=institution, code=f"9133020000000{n:04}X"[:18], sector="C38")
        now = clock.now()
        row = AssessmentRound(
            enterprise=firm, module=1, number=1, edition="2026", state=RoundState.SUBMITTED, submitted_at=now, first_submitted_at=now
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(LensValue(round_id=row.id, statement=f"M1-{theme}1", lens="self", sum=n % 4, n=1) for theme in "ABCDE")
        made.append(row)
    db.session.commit()
    return made


@both_engines
def test_of_an_erased_enterprise_nothing_is_left_but_its_numbers(s):
    asker = others(s.institution)[0]
    before, medians = shape(s.submitted_id), benchmarks_of(asker)
    assert len(medians) == 2
    assert list(left_over(OF_FIRM)) == OF_FIRM
    services.erase_enterprise(s.firm)
    db.session.commit()
    assert left_over(OF_FIRM) == {}
    assert shape(s.submitted_id) == before
    assert benchmarks_of(asker) == medians
    assert rollups_differ() == []
    assert db.session.get(AssessmentRound, s.open_id) is None
    with pytest.raises(uploads.Lost):
        uploads.open_stored(s.key)
    enrolment = db.session.get(Enrolment, s.enrolment_id)
    assert (enrolment.women, enrolment.men, enrolment.managers, enrolment.workers) == (60, 40, 10, 90)
    assert (enrolment.sector, enrolment.division_code) == ("C38", "330000")
    assert enrolment.answers == {
        "sector": "C38",
        "modules": "1",
        "representation": "union",
        "women": "60",
        "men": "40",
        "managers": "10",
        "workers": "90",
        "casual": "0",
        "division_code": "330000",
    }
    assert actor_of(s.person).memberships == ()
    assert list(left_over([NAME])) == [NAME], "people decide on their own accounts"


def test_staff_who_leave_are_named_no_more_by_enterprises_they_decided_about(database):
    institution, head = make_institution()
    colleague = make_person("独孤求败甲")
    add_membership(colleague, institution, Role.PARTNER)
    enterprise, _ = make_enterprise(institution=institution, state="approved")
    enrolment = enrolment_of(enterprise.id)
    enrolment.answers = enrolment.answers | {"contact_job": "独孤求败甲的同学"}
    audit.record("enrolment.return", enrolment, by=colleague)
    audit.record("enrolment.approve", enrolment, by=head, reason="请联系独孤求败甲")
    database.session.commit()
    close_account(actor_of(colleague))
    database.session.commit()
    assert enrolment.answers["contact_job"] == "已注销用户的同学"
    assert [words.words["reason"] for words in database.session.scalars(database.select(audit.AuditWords))] == ["请联系已注销用户"]


def test_erasing_twice_changes_nothing(s):
    for _n in range(2):
        services.erase_enterprise(s.firm)
        db.session.commit()
    assert db.session.get(Enrolment, s.enrolment_id).women == 60


@both_engines
def test_a_colleague_who_saves_meanwhile_leaves_nothing_behind(app, database, s):
    actor, open_id, firm_id = actor_of(s.head), s.open_id, s.firm.id
    db.session.rollback()
    barrier = Barrier(6)

    def save(n: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                round_ = db.session.get(AssessmentRound, open_id)
                if round_:
                    assessment.save_answers(round_, (Change("M2-B1", Reply("2", note=f"late-{NOTE}-{n}"), 0),), by=actor)
                    db.session.commit()
            except (Refused, InvalidRequestError):
                db.session.rollback()

    def erase() -> None:
        with app.app_context():
            barrier.wait()
            services.erase_enterprise(db.session.get(type(s.firm), firm_id))
            db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        for work in [pool.submit(erase), *(pool.submit(save, n) for n in range(5))]:
            work.result()
    assert left_over([NOTE]) == {}


@both_engines
def test_the_wish_waits_its_days_and_can_be_taken_back(app, s):
    services.leave_later(by=actor_of(s.person))
    db.session.commit()
    cli.erase()
    assert actor_of(s.person) is not None
    services.stay(by=actor_of(s.person))
    db.session.commit()
    erasure = services.leave_later(by=actor_of(s.person))
    erasure.due_on = clock.today()
    db.session.commit()
    cli.erase()
    assert left_over(OF_PERSON) == {}
    states = db.session.scalars(db.select(Erasure.state).order_by(Erasure.id)).all()
    assert states == [ErasureState.TAKEN_BACK, ErasureState.DONE]


def test_the_last_head_is_told_instead_of_erased(app, database):
    institution, _ = make_institution()
    _, head = make_enterprise(institution=institution)
    db.session.commit()
    erasure = services.leave_later(by=actor_of(head))
    erasure.due_on = clock.today()
    db.session.commit()
    cli.erase()
    assert erasure.state is ErasureState.REFUSED
    assert db.session.get(Person, head.id).closed_at is None


def test_an_enterprise_is_erased_when_the_institution_confirms(client, s):
    client.sign_in(s.head)
    client.post("/en/privacy/erase-enterprise", {"current": PASSWORD, "sure": "y"})
    erasure = queries.erasure_of_enterprise(s.firm.id)
    assert "will be erased on" in client.get("/en/privacy/erase-enterprise").text
    client.sign_in(s.partner)
    assert FIRM in client.get("/zh/privacy/requests").text
    client.post(f"/en/privacy/erasures/{erasure.id}/confirm")
    assert left_over(OF_FIRM) == {}
    pages = ("enrolment/queue", f"enrolment/{s.enrolment_id}/review", f"assessment/{s.submitted_id}/results", f"booking/{s.booking_id}")
    for page in pages:
        client.get(f"/zh/{page}")
    assert client.get(f"/en/privacy/erasures/{erasure.id}").text.count("Erased") == 2


def test_an_enterprise_is_not_erased_when_the_institution_objects_or_a_class_is_coming(client, s):
    erasure = services.ask_erasure(s.firm, by=actor_of(s.head))
    db.session.commit()
    client.sign_in(s.partner).post(f"/en/privacy/erasures/{erasure.id}", {"reason": "Funds are not settled."})
    cli.erase()
    assert erasure.state is ErasureState.REFUSED
    assert s.firm.name_zh == FIRM


def test_what_stands_against_it_is_a_link_to_where_it_is_cleared_away(app, client):
    with app.app_context():
        _, person = make_enterprise(institution=make_institution(scope="33")[0], state=EnrolmentState.SUBMITTED)
        db.session.commit()
        email = person.email
    page = client.sign_in(email).get("/en/privacy/erase-enterprise")
    assert '<a class="go-on" href="/en/enrolment/">Enrolment</a>' in page.html
    assert "Have the enterprise erased" not in page.text
