"""Nothing typed is lost: errors, an old page, a switch of language, a refusal and bad input keep it."""

import pytest

from score_web.core.db import db
from score_web.enrolment import services
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from tests.enrolment.people import ANSWERS, COMPANY, PEOPLE, begun, in_state, submitted
from tests.factories import actor_of, make_enterprise, make_institution

NASTY = ["x" * 5000, "😀🔥", "-1", "'; DROP TABLE enrolment;--", "<script>alert(1)</script>", "100%s {7}", "%", "９", "1e309", "  "]


@pytest.fixture
def draft(database, client):
    enrolment, person = begun()
    client.sign_in(person)
    return enrolment


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("step", [1, 2])
def test_bad_input_is_kept_and_told(client, draft, step, nasty):
    names = COMPANY if step == 1 else {n: v for n, v in PEOPLE.items() if n != "modules"}
    typed = dict.fromkeys(names, nasty)
    page = client.post(f"/en/enrolment/{draft.id}/step/{step}", typed | {"version": str(draft.version), "do": "go"}, status=200)
    assert page.errors
    assert {name: draft.answers[name] for name in typed} == {name: nasty.strip() for name in typed}
    shown = "products" if step == 1 else "contact_job"
    assert (page.value(shown) or "").strip() == nasty.strip()
    assert client.get(f"/zh/enrolment/{draft.id}/check").errors
    client.get(f"/zh/enrolment/{draft.id}")


def test_characters_that_cannot_be_shown_are_taken_out_and_told(client, draft):
    page = client.post(
        f"/en/enrolment/{draft.id}/step/1",
        COMPANY | {"products": "电饭\x00煲\x1b[1m", "version": str(draft.version), "do": "go"},
        status=200,
    )
    assert page.errors == ["Characters that cannot be shown were taken out here. Please look whether it is still right."]
    assert (page.value("products"), draft.answers["products"]) == ("电饭煲[1m", "电饭煲[1m")


def test_save_for_later_keeps_everything_and_says_nothing_was_sent(client, draft):
    page = client.post(f"/en/enrolment/{draft.id}/step/2", PEOPLE | {"women": "about 90", "version": str(draft.version), "do": "later"})
    page = client.follow(page)
    assert page.h1 == "Your enrolment is a draft"
    assert "Saved. Nothing has been submitted yet" in page.text and "about 90" in page.text
    assert draft.state is EnrolmentState.DRAFT


def test_too_long_is_an_error_and_is_not_cut(client, draft):
    page = client.post(
        f"/en/enrolment/{draft.id}/step/1", COMPANY | {"name_en": "a" * 161, "version": str(draft.version), "do": "go"}, status=200
    )
    assert page.errors == ["This has 161 characters; at most 160 fit. Please shorten it."]
    assert (page.value("name_en"), draft.answers["name_en"]) == ("a" * 161, "a" * 161)


@pytest.mark.parametrize("step", [1, 2])
def test_switching_the_language_keeps_what_was_typed_and_stores_nothing(client, draft, step):
    typed = (COMPANY | {"name_zh": "刚打的字", "sector": "C21"}) if step == 1 else (PEOPLE | {"contact_name": "李雷", "modules": ["3"]})
    page = client.post(f"/zh/enrolment/{draft.id}/step/{step}", typed | {"version": str(draft.version), "switch_language": "1"}, status=200)
    assert page.find_all("html")[0].get("lang") == "zh-CN" and page.errors == []
    name, value = ("name_zh", "刚打的字") if step == 1 else ("contact_name", "李雷")
    assert (page.value(name), draft.answers[name]) == (value, ANSWERS[name])


def test_an_old_page_shows_both_values_and_the_second_press_counts(client, draft):
    old = draft.version
    services.save_draft(draft, typed={"products": "别人写的"}, shown=old)
    page = client.post(f"/en/enrolment/{draft.id}/step/1", COMPANY | {"products": "我写的", "version": str(old), "do": "go"}, status=409)
    assert "This enrolment has been changed since you opened the page" in page.text and "Main products: 别人写的" in page.text
    assert (page.value("products"), draft.answers["products"]) == ("我写的", "别人写的")
    client.post(page.path, COMPANY | {"products": "我写的", "version": page.value("version"), "do": "go"})
    assert draft.answers["products"] == "我写的"


def test_without_a_token_nothing_is_stored_and_nothing_lost(client, draft):
    page = client.post(
        f"/en/enrolment/{draft.id}/step/1", COMPANY | {"products": "无令牌", "version": str(draft.version), "csrf_token": "x"}, status=400
    )
    assert (page.value("products"), draft.answers["products"]) == ("无令牌", "电饭煲")


def test_a_failing_check_digit_is_confirmed_in_the_form(client, draft):
    typed = COMPANY | {"code": "91350211M0000XUF46", "version": str(draft.version), "do": "go"}
    page = client.post(f"/en/enrolment/{draft.id}/step/1", typed, status=200)
    assert len(page.errors) == 1 and page.errors[0].startswith("The last character does not fit the other 17")
    client.post(page.path, typed | {"version": page.value("version"), "code_confirmed": "y"})
    assert draft.answers["code_confirmed"] == "91350211M0000XUF46"


def test_submitting_needs_pledge_and_consent(database, client):
    make_institution()
    enrolment, person = begun()
    page = client.sign_in(person).post(f"/en/enrolment/{enrolment.id}/check", {"version": str(enrolment.version)}, status=200)
    assert page.errors == ["Tick the pledge to submit.", "Tick the consent to submit."]
    assert enrolment.state is EnrolmentState.DRAFT


def test_a_replayed_submission_is_refused(database, client):
    make_institution()
    enrolment, person = begun()
    client.sign_in(person)
    typed = {"version": str(enrolment.version), "pledge": "y", "consent": "y"}
    client.post(f"/en/enrolment/{enrolment.id}/check", typed)
    client.post(f"/en/enrolment/{enrolment.id}/check", typed, status=409)
    assert len(db.session.query(Enrolment).one().answers) > 10


def test_while_the_partner_decides_nothing_can_be_changed(database, client):
    make_institution()
    enrolment, person = submitted()
    client.sign_in(person)
    assert client.get(f"/en/enrolment/{enrolment.id}/step/1", status=303).location.endswith(f"/en/enrolment/{enrolment.id}")
    page = client.post(
        f"/en/enrolment/{enrolment.id}/step/1", COMPANY | {"products": "晚了", "version": str(enrolment.version)}, status=409
    )
    assert page.value("products") == "晚了" and enrolment.answers["products"] == "电饭煲"


@pytest.mark.parametrize(
    "path", ["999", "999/step/1", "999/check", "999/review", "999/transfer", "1/step/3", "1/step/0", "99999999999999999999"]
)
def test_addresses_that_lead_nowhere(client, draft, path):
    client.get(f"/en/enrolment/{path}", status=404)


def test_somebody_elses_draft(database, client, draft):
    client.sign_in(make_enterprise(state=None)[1])
    for path in ("step/1", "check", "withdraw", "restart"):
        client.post(f"/en/enrolment/{draft.id}/{path}", {"version": "1"}, status=404)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"decision": "explode"},
        {"decision": "return", "reason": "x"},
        {"decision": "reject"},
        {"decision": "approve", "reason": "x" * 2001},
        {"decision": "return", "reason": "x", "remark_women": "y" * 501},
        {"decision": "reject", "reason": "😀", "version": "abc"},
    ],
)
def test_a_decision_that_is_not_right_keeps_the_words(database, client, typed):
    partner = make_institution()[1]
    enrolment, _ = submitted()
    page = client.sign_in(partner).post(f"/en/enrolment/{enrolment.id}/review", {"version": str(enrolment.version)} | typed, status=None)
    assert page.status in (200, 409) and enrolment.state is EnrolmentState.SUBMITTED
    assert page.value("reason") == typed.get("reason", "") and page.value("remark_women") == typed.get("remark_women", "")


@pytest.mark.parametrize(
    "typed", [{}, {"institution": "999", "reason": "x"}, {"institution": "abc", "reason": "省里办"}, {"institution": "", "reason": "\x00"}]
)
def test_a_handing_over_that_is_not_right(database, client, typed):
    partner = make_institution()[1]
    enrolment, _ = submitted()
    page = client.sign_in(partner).post(f"/en/enrolment/{enrolment.id}/transfer", {"version": str(enrolment.version)} | typed, status=200)
    assert page.errors and enrolment.enterprise.institution_id == enrolment.institution_id


def test_corrections_after_approval_keep_only_what_is_right(database, client):
    partner = make_institution()[1]
    enrolment = in_state(EnrolmentState.APPROVED, partner)
    owner = next(person for person in db.session.query(type(partner)) if actor_of(person).enterprise_id == enrolment.enterprise_id)
    client.sign_in(owner)
    page = client.post(f"/en/enrolment/{enrolment.id}/step/2", PEOPLE | {"women": "1", "version": str(enrolment.version)}, status=200)
    assert page.value("women") == "1" and enrolment.answers["women"] == "96"
    client.post(page.path, PEOPLE | {"contact_name": "王芳", "version": page.value("version")})
    assert (enrolment.answers["contact_name"], enrolment.state) == ("王芳", EnrolmentState.APPROVED)
    page = client.get(f"/en/enrolment/{enrolment.id}/step/1")
    page = client.follow(client.post(page.path, COMPANY | {"name_zh": "宁波新名示范有限公司", "version": page.value("version")}))
    assert (page.h1, enrolment.enterprise.name_zh) == ("Your enrolment waits for a decision", COMPANY["name_zh"])
