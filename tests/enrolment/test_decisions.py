"""What happens to an enrolment, asked of the services, on both engines."""

import pytest

from score_web.accounts.models import Consent
from score_web.accounts.queries import people_of
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.enrolment import queries, services
from score_web.enrolment.models import EnrolmentVersion
from score_web.enrolment.states import EnrolmentState
from tests.enrolment.people import begun, in_state, submitted
from tests.factories import actor_of, make_institution

pytestmark = pytest.mark.both_engines
S = EnrolmentState
LARGE = {"women": "300", "men": "320", "managers": "16", "workers": "604", "explanation": "两厂合并"}
FAILING = {"code": "91350211M0000XUF46", "code_confirmed": "91350211M0000XUF46"}


@pytest.fixture
def partner(database):
    return make_institution()[1]


def told(enrolment, partner, **more):
    return {"by": actor_of(partner), "shown": enrolment.version} | more


def owner(enrolment):
    return actor_of(people_of(enrolment.enterprise_id)[0])


@pytest.mark.parametrize("answers", [LARGE, FAILING])
def test_an_exception_needs_its_reason(partner, answers):
    enrolment = in_state(S.SUBMITTED, partner, **answers)
    with pytest.raises(Refused, match="although a check failed"):
        services.approve_enrolment(enrolment, **told(enrolment, partner, reason="  "))
    services.approve_enrolment(enrolment, **told(enrolment, partner, reason="看过现场"))
    assert enrolment.state is S.APPROVED
    assert queries.history_of(enrolment)[0].reason == "看过现场"


def test_incomplete_answers_are_not_submitted(partner):
    enrolment, person = begun(women="")
    with pytest.raises(Refused, match="still missing"):
        services.submit_enrolment(enrolment, by=actor_of(person), shown=enrolment.version)
    assert (enrolment.state, enrolment.answers["women"]) == (S.DRAFT, "")


def test_submitting_records_version_consent_and_news(partner):
    enrolment, person = submitted()
    assert [(v.number, v.by_id, v.answers) for v in queries.versions_of(enrolment)] == [(1, person.id, enrolment.answers)]
    assert [c.document for c in db.session.query(Consent).filter_by(person_id=person.id)] == ["enrolment"]
    assert {m.person_id for m in db.session.query(Message)} == {person.id, partner.id}


def test_the_nearest_institution_gets_it(database):
    make_institution(scope="all"), make_institution(scope="33")
    nearest = make_institution(scope="3302,50")[0]
    assert submitted()[0].institution_id == nearest.id
    assert enterprise_of(submitted(division_code="330100", code="91330200DEM033027M")[0]).institution.scope == "33"
    assert submitted(division_code="110000", code="91330200DEM033035G")[0].institution.scope == "all"


def enterprise_of(enrolment):
    return enrolment.enterprise


def test_when_several_tie_the_applicant_chooses(partner):
    other = make_institution(scope="3302")[0]
    enrolment, person = begun()
    assert [one.scope for one in queries.institutions_for("330200")] == ["3302", "3302"]
    for nonsense in (None, 999):
        with pytest.raises(Refused, match="Choose the partner institution"):
            services.submit_enrolment(enrolment, by=actor_of(person), shown=enrolment.version, institution_id=nonsense)
    services.submit_enrolment(enrolment, by=actor_of(person), shown=enrolment.version, institution_id=other.id)
    assert enrolment.institution is other


def test_nobody_responsible(database):
    enrolment, person = begun()
    with pytest.raises(Refused, match="No partner institution"):
        services.submit_enrolment(enrolment, by=actor_of(person), shown=enrolment.version)


def test_a_code_is_approved_once(partner):
    first, second = in_state(S.APPROVED, partner), in_state(S.SUBMITTED, partner)
    assert queries.duplicates_of(second) == [first]
    with pytest.raises(Refused, match="One code can be approved only once"):
        services.approve_enrolment(second, **told(second, partner))


def test_return_needs_a_named_field_and_a_reason(partner):
    enrolment = in_state(S.SUBMITTED, partner)
    with pytest.raises(Refused, match="at least one answer"):
        services.return_enrolment(enrolment, **told(enrolment, partner, reason="请改", remarks={"women": " ", "nonsense": "x"}))
    with pytest.raises(Refused, match="write the reason"):
        services.return_enrolment(enrolment, **told(enrolment, partner, reason=" ", remarks={"women": "核对"}))
    services.return_enrolment(enrolment, **told(enrolment, partner, reason="请改", remarks={"women": "核对", "men": ""}))
    assert (enrolment.state, enrolment.returned_fields) == (S.RETURNED, {"women": "核对"})
    assert db.session.query(Message).order_by(Message.id.desc()).first().body_zh.count("女员工：核对") == 1


def test_rejected_then_started_again_keeps_the_answers(partner):
    enrolment = in_state(S.REJECTED, partner)
    services.restart_enrolment(enrolment, by=owner(enrolment))
    assert (enrolment.state, enrolment.answers["women"]) == (S.DRAFT, "96")
    services.submit_enrolment(enrolment, by=owner(enrolment), shown=enrolment.version)
    assert [v.number for v in queries.versions_of(enrolment)] == [2, 1]


def test_transfer_changes_who_decides(partner):
    other, other_person = make_institution(scope="33")
    enrolment = in_state(S.SUBMITTED, partner)
    for wrong in (enrolment.institution_id, enrolment.enterprise_id, 999):
        with pytest.raises(Refused, match="another partner institution"):
            services.transfer_enrolment(enrolment, to_id=wrong, **told(enrolment, partner, reason="该省里办"))
    services.transfer_enrolment(enrolment, to_id=other.id, **told(enrolment, partner, reason="该省里办"))
    db.session.commit()
    assert (enrolment.state, enrolment.institution, enrolment.enterprise.institution_id) == (S.SUBMITTED, other, other.id)
    assert db.session.query(Message).filter_by(person_id=other_person.id).one().subject_zh == "转交给您的报名：宁波甬禾示范电器有限公司"
    services.return_enrolment(enrolment, **told(enrolment, other_person, reason="请改", remarks={"women": "核对"}))
    services.submit_enrolment(enrolment, by=owner(enrolment), shown=enrolment.version)
    assert enrolment.institution is other


def test_small_corrections_count_at_once_with_history(partner):
    enrolment = in_state(S.APPROVED, partner)
    typed = {"products": "电热水壶", "women": "100", "workers": "174"}
    assert services.correct_enrolment(enrolment, typed=typed, by=owner(enrolment), shown=enrolment.version) is False
    assert (enrolment.state, enrolment.employees, len(queries.versions_of(enrolment))) == (S.APPROVED, 190, 2)
    assert services.correct_enrolment(enrolment, typed=typed, by=owner(enrolment), shown=enrolment.version) is False
    assert len(queries.versions_of(enrolment)) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("name_zh", "宁波新名示范有限公司"), ("code", "91330200DEM033027M"), ("division_code", "330100")]
)
def test_name_code_and_place_go_back_to_the_partner(partner, name, value):
    make_institution(scope="33")
    enrolment = in_state(S.APPROVED, partner)
    before = enrolment.enterprise.name_zh
    assert services.correct_enrolment(enrolment, typed={name: value}, by=owner(enrolment), shown=enrolment.version) is True
    assert (enrolment.state, queries.is_approved(enrolment.enterprise_id), enrolment.enterprise.name_zh) == (S.SUBMITTED, True, before)
    decider = people_of(enrolment.institution_id)[0]
    assert (decider.id == partner.id) is (name != "division_code")
    with pytest.raises(Refused, match="takes part already"):
        services.withdraw_enrolment(enrolment, by=owner(enrolment))
    services.approve_enrolment(enrolment, **told(enrolment, decider))
    assert getattr(enrolment, name) == value
    assert enrolment.enterprise.name_zh == enrolment.name_zh


@pytest.mark.parametrize(
    ("state", "approved", "assess"),
    [
        (S.DRAFT, False, False),
        (S.SUBMITTED, False, True),
        (S.RETURNED, False, True),
        (S.APPROVED, True, True),
        (S.REJECTED, False, False),
        (S.WITHDRAWN, False, False),
    ],
)
def test_what_others_may_ask(partner, state, approved, assess):
    enrolment = in_state(state, partner)
    assert (queries.is_approved(enrolment.enterprise_id), queries.may_assess(enrolment.enterprise_id)) == (approved, assess)
    assert (queries.is_approved(None), queries.may_assess(999)) == (False, False)
    enrolment.approved_before = True
    assert queries.is_approved(enrolment.enterprise_id) is (state in (S.SUBMITTED, S.RETURNED, S.APPROVED))


def test_what_waits(partner):
    enrolment = in_state(S.SUBMITTED, partner)
    assert [(w.text.values, w.endpoint, w.since) for w in queries.waiting_for(actor_of(partner))] == [
        ({"number": 1}, "enrolment.queue", enrolment.submitted_at)
    ]
    assert queries.waiting_for(owner(enrolment)) == []
    services.return_enrolment(enrolment, **told(enrolment, partner, reason="请改", remarks={"women": "核对"}))
    assert [(w.endpoint, w.urgent) for w in queries.waiting_for(owner(enrolment))] == [("enrolment.show", True)]
    assert queries.waiting_for(actor_of(partner)) == []


@pytest.mark.parametrize("act", ["approve", "return", "reject", "transfer", "submit", "save"])
def test_an_old_page_changes_nothing(partner, act):
    enrolment = in_state(S.DRAFT if act in ("submit", "save") else S.SUBMITTED, partner)
    before, old = enrolment.state, enrolment.version - 1
    with pytest.raises(Refused, match="has been changed since you opened the page"):
        {
            "approve": lambda: services.approve_enrolment(enrolment, by=actor_of(partner), shown=old),
            "return": lambda: services.return_enrolment(enrolment, by=actor_of(partner), shown=old, reason="x", remarks={"women": "x"}),
            "reject": lambda: services.reject_enrolment(enrolment, by=actor_of(partner), shown=old, reason="x"),
            "transfer": lambda: services.transfer_enrolment(enrolment, to_id=1, by=actor_of(partner), shown=old, reason="x"),
            "submit": lambda: services.submit_enrolment(enrolment, by=owner(enrolment), shown=old),
            "save": lambda: services.save_draft(enrolment, typed={"women": "1"}, shown=old),
        }[act]()
    assert enrolment.state is before
    assert db.session.query(EnrolmentVersion).count() == (0 if before is S.DRAFT else 1)


def test_the_second_decision_on_the_same_page_says_where_it_stands(client, partner):
    enrolment = in_state(S.SUBMITTED, partner)
    page = client.sign_in(partner).get(f"/en/enrolment/{enrolment.id}/review")
    sent = {"version": page.value("version"), "decision": "reject", "reason": "too late"}
    client.post(page.path, sent | {"reason": "first"})
    second = client.post(page.path, sent, status=409)
    assert "Nothing was sent" in second.text
    assert "It is now: Not approved" in second.text
    assert "too late" in second.text


def test_a_code_that_exists_twice_is_flagged_and_approved_only_with_a_reason(client, partner):
    first, _second = in_state(S.SUBMITTED, partner), in_state(S.SUBMITTED, partner)
    client.sign_in(partner)
    assert client.get("/en/enrolment/queue").text.count("Credit code exists twice") == 2
    sent = {"version": first.version, "decision": "approve"}
    assert "Write why you approve" in client.post(f"/en/enrolment/{first.id}/review", sent, status=409).text
    client.post(f"/en/enrolment/{first.id}/review", sent | {"reason": "the other one is a typing mistake"})


def test_who_withdraws_before_a_decision_is_read_as_new(partner):
    enrolment = in_state(S.SUBMITTED, partner)
    head = owner(enrolment)
    services.withdraw_enrolment(enrolment, by=head)
    services.restart_enrolment(enrolment, by=head)
    services.submit_enrolment(enrolment, by=head, shown=enrolment.version)
    assert queries.review_of(enrolment).before_at is None
