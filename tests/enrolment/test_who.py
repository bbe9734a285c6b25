"""Who sees and decides what: for every persona and record, the list and the door agree."""

import pytest

from score_web.accounts.queries import people_of
from score_web.core.db import db
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import enrolments_visible_to
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Permission, permitted
from tests.enrolment.people import begun, in_state
from tests.factories import actor_of, make_enterprise, make_institution, make_person, make_trainer

SEES = {  # persona: sees a submitted one, sees a draft that was never submitted
    "own": (True, True),
    "responsible": (True, False),
    "covering": (True, False),
    "nationwide": (True, False),
    "elsewhere": (False, False),
    "other enterprise": (False, False),
    "trainer": (False, False),
    "nobody": (False, False),
}


def personas() -> dict:
    nearest, responsible = make_institution(scope="3302")
    return {
        "responsible": responsible,
        "covering": make_institution(scope="33,3502")[1],
        "nationwide": make_institution(scope="all")[1],
        "elsewhere": make_institution(scope="50,3301")[1],
        "other enterprise": make_enterprise(state=None)[1],
        "trainer": make_trainer(nearest)[1],
        "nobody": make_person(),
    }


@pytest.mark.parametrize("state", list(EnrolmentState))
def test_list_and_door_agree(database, state):
    people = personas()
    enrolment = in_state(state, people["responsible"])
    people["own"] = _head_of(enrolment)
    for name, person in people.items():
        actor = actor_of(person)
        listed = enrolment in db.session.scalars(enrolments_visible_to(actor)).all()
        assert listed is permitted(Permission.ENROLMENT_VIEW, actor, enrolment), name
        assert listed is SEES[name][state is EnrolmentState.DRAFT], name
        assert permitted(Permission.ENROLMENT_DECIDE, actor, enrolment) is (name == "responsible" and state is not EnrolmentState.DRAFT), (
            name
        )
        assert permitted(Permission.ENROLMENT_WRITE, actor, enrolment) is (name == "own"), name


def _head_of(enrolment):
    return people_of(enrolment.enterprise_id)[0]


@pytest.mark.parametrize(
    ("name", "show", "review", "step"),
    [
        ("responsible", 200, 200, 404),
        ("covering", 200, 404, 404),
        ("nationwide", 200, 404, 404),
        ("elsewhere", 404, 404, 404),
        ("other enterprise", 404, 404, 404),
        ("trainer", 404, 404, 404),
        ("nobody", 404, 404, 404),
    ],
)
def test_doors(database, client, name, show, review, step):
    people = personas()
    enrolment = in_state(EnrolmentState.SUBMITTED, people["responsible"])
    client.sign_in(people[name])
    assert client.get(f"/en/enrolment/{enrolment.id}", status=show)
    assert client.get(f"/en/enrolment/{enrolment.id}/review", status=review)
    assert client.get(f"/en/enrolment/{enrolment.id}/step/1", status=step)
    assert client.get(f"/en/enrolment/{enrolment.id}/transfer", status=review)
    client.post(
        f"/en/enrolment/{enrolment.id}/review",
        {"decision": "approve", "version": str(enrolment.version)},
        status=303 if review == 200 else 404,
    )
    client.post(f"/en/enrolment/{enrolment.id}/withdraw", status=404)
    assert enrolment.state is (EnrolmentState.APPROVED if review == 200 else EnrolmentState.SUBMITTED)


def test_only_the_responsible_institution_sees_duplicates(database, client):
    people = personas()
    first, second = (
        in_state(EnrolmentState.SUBMITTED, people["responsible"], name_zh="甲一厂"),
        in_state(EnrolmentState.SUBMITTED, people["responsible"], name_zh="甲二厂"),
    )
    assert (
        "The same credit code: 甲二厂, Waiting for a decision"
        in client.sign_in(people["responsible"]).get(f"/en/enrolment/{first.id}/review").text
    )
    assert "甲二厂" not in client.sign_in(people["covering"]).get(f"/en/enrolment/{first.id}").text
    assert "甲一厂" not in client.sign_in(_head_of(second)).get(f"/en/enrolment/{second.id}").text


def test_the_enterprise_sees_the_institution_and_the_partner_sees_who(database, client):
    people = personas()
    people["responsible"].name = "王主任"
    enrolment = in_state(EnrolmentState.RETURNED, people["responsible"])
    assert "王主任" not in client.sign_in(_head_of(enrolment)).get(f"/en/enrolment/{enrolment.id}").text
    assert "王主任" in client.sign_in(people["responsible"]).get(f"/en/enrolment/{enrolment.id}/review").text


def test_the_partner_sees_what_was_handed_in_not_what_is_being_typed(database, client):
    people = personas()
    enrolment = in_state(EnrolmentState.RETURNED, people["responsible"])
    enrolment.answers = enrolment.answers | {"products": "还在改的内容"}
    page = client.sign_in(people["responsible"]).get(f"/en/enrolment/{enrolment.id}/review")
    assert "还在改的内容" not in page.text and "电饭煲" in page.text


def test_a_draft_is_private(database, client):
    people = personas()
    enrolment, person = begun()
    client.sign_in(people["nationwide"]).get(f"/en/enrolment/{enrolment.id}", status=404)
    client.sign_in(person).get(f"/en/enrolment/{enrolment.id}")
    assert db.session.query(Enrolment).count() == 1
