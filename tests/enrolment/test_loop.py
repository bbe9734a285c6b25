"""The main walk: fill in → check → submit → queue → decide, through the pages."""

import pytest

from score_web.accounts.models import Organisation
from score_web.core.db import db
from score_web.core.mail import Message
from score_web.enrolment import queries
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.enrolment.states import EnrolmentState
from tests.enrolment.people import COMPANY, PEOPLE
from tests.factories import make_enterprise, make_institution

PUBLIC_CODES = [
    ("91110000101623741K", "110000"),
    ("911101066976941872", "110000"),
    ("914403001922038216", "440300"),
    ("91330100799655058B", "330100"),
]


def fill_in(client, page, company=COMPANY, people=PEOPLE):
    """From the first step to the check page."""
    page = client.follow(page)
    page = client.post(page.path, company | {"version": page.value("version"), "do": "go"})
    page = client.follow(page)
    return client.follow(client.post(page.path, people | {"version": page.value("version"), "do": "go"}))


def submit(client, page):
    return client.follow(client.post(page.path, {"version": page.value("version"), "pledge": "y", "consent": "y"}))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_registered_to_approved(database, client, lang):
    institution, partner = make_institution()
    enterprise, person = make_enterprise(state=None)
    client.sign_in(person)
    client.get(f"/{lang}/enrolment/")
    page = fill_in(client, client.post(f"/{lang}/enrolment/begin"))
    page = submit(client, page)
    assert page.h1 == {"zh": "报名已提交，等待审核", "en": "Your enrolment waits for a decision"}[lang]
    enrolment = queries.enrolment_of(enterprise.id)
    assert (enrolment.state, enrolment.institution_id, enrolment.employees, enrolment.modules) == (
        EnrolmentState.SUBMITTED,
        institution.id,
        186,
        "1,5",
    )
    client.sign_in(partner)
    page = client.get(f"/{lang}/enrolment/queue")
    assert COMPANY["name_zh" if lang == "zh" else "name_en"] in page.text
    page = client.get(f"/{lang}/enrolment/{enrolment.id}/review")
    client.follow(client.post(page.path, {"version": page.value("version"), "decision": "approve"}))
    assert queries.is_approved(enterprise.id)
    assert (enterprise.name_zh, enterprise.division_code, enterprise.institution_id) == (COMPANY["name_zh"], "330200", institution.id)
    assert [m.subject_en for m in db.session.query(Message).order_by(Message.id)] == [
        "New enrolment: 宁波甬禾示范电器有限公司",
        "Your enrolment has arrived",
        "Your enrolment is approved",
    ]
    client.get(f"/{lang}/enrolment/queue?tab=decided")
    client.sign_in(person)
    client.get(f"/{lang}/enrolment/{enrolment.id}")


@pytest.mark.parametrize(("code", "place"), PUBLIC_CODES)
def test_real_public_codes_enrol(database, client, code, place):
    institution, _ = make_institution(scope="all")
    enterprise, person = make_enterprise(state=None)
    client.sign_in(person)
    typed = " ".join([code[:8], code[8:].lower()])
    page = fill_in(client, client.post("/en/enrolment/begin"), COMPANY | {"code": typed, "division_code": place})
    submit(client, page)
    enrolment = queries.enrolment_of(enterprise.id)
    assert (enrolment.state, enrolment.code, enrolment.division_code, enrolment.institution_id) == (
        EnrolmentState.SUBMITTED,
        code,
        place,
        institution.id,
    )
    assert db.session.query(EnrolmentVersion).count() == 1


def test_returned_corrected_and_resubmitted(database, client):
    _, partner = make_institution()
    enterprise, person = make_enterprise(state=None)
    client.sign_in(person)
    submit(client, fill_in(client, client.post("/en/enrolment/begin")))
    enrolment = queries.enrolment_of(enterprise.id)
    client.sign_in(partner)
    page = client.get(f"/en/enrolment/{enrolment.id}/review")
    client.post(
        page.path,
        {
            "version": page.value("version"),
            "decision": "return",
            "reason": "两处请改",
            "remark_women": "请核对人数",
            "remark_buyer": "哪一家？",
        },
    )
    client.sign_in(person)
    page = client.get(f"/en/enrolment/{enrolment.id}")
    assert page.h1 == "Please correct your enrolment"
    assert "请核对人数" in page.text and "两处请改" in page.text
    page = client.get(f"/en/enrolment/{enrolment.id}/step/2")
    assert "Please correct this: 请核对人数" in page.text and page.value("men") == "90"
    page = client.post(page.path, PEOPLE | {"women": "95", "workers": "169", "version": page.value("version"), "do": "go"})
    submit(client, client.follow(page))
    client.sign_in(partner)
    page = client.get(f"/en/enrolment/{enrolment.id}/review")
    assert [page.text_of(e) for e in page.find_all("h3")[:2]] == ["Women As asked", "Workers Changed on their own"]
    assert [(page.text_of(a), page.text_of(b)) for a, b in zip(page.find_all("del"), page.find_all("ins"), strict=True)] == [
        ("96", "95"),
        ("170", "169"),
    ]
    assert "Not changed although you asked: Buyer programme" in page.text
    assert db.session.query(Enrolment).count() == 1
    assert db.session.get(Organisation, enterprise.id).name_zh == COMPANY["name_zh"]
