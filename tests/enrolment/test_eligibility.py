"""The answer at once: every boundary, never a plain no, and what was answered comes along into the draft."""

import pytest

from score_web.enrolment.eligibility import Reason, Verdict, check, verdict
from score_web.enrolment.queries import enrolment_of
from tests.factories import make_enterprise, make_institution


@pytest.mark.parametrize(("employees", "fits"), [(1, False), (49, False), (50, True), (51, True), (499, True), (500, True), (501, False)])
def test_the_size_band_includes_both_ends(employees, fits):
    reasons = check(employees, "330000", "C38", 50, 500)
    assert [reason.fits for reason in reasons] == [fits, True, True]
    assert verdict(reasons) is (Verdict.YES if fits else Verdict.EXPLAIN)


def test_the_band_is_a_setting():
    assert check(20, "330000", "C38", 20, 30)[0].fits and not check(31, "330000", "C38", 20, 30)[0].fits


def test_all_reasons_come_at_once_and_each_says_what_to_do():
    reasons = check(20, "990000", "other", 50, 500)
    assert [reason.fits for reason in reasons] == [False, False, False]
    assert all(reason.todo for reason in reasons)
    assert all(isinstance(reason, Reason) for reason in reasons)


@pytest.mark.parametrize("code", ["710000", "810000", "820000", "", "33"])
def test_only_provinces_of_the_form_fit(code):
    assert check(100, code, "C38", 50, 500)[2].fits is (code == "33")


def test_the_page_answers_above_the_editable_answers(database, client):
    make_institution("宁波机构", scope="3302")
    page = client.get("/zh/eligibility?employees=186&province=330000&sector=C38")
    assert page.h1 == "符合条件，可以报名"
    assert (page.value("employees"), page.value("province"), page.value("sector")) == ("186", "330000", "C38")
    assert "浙江省宁波市的企业由宁波机构负责" in page.text


@pytest.mark.parametrize("employees", [49, 501])
def test_outside_the_band_one_may_apply(client, employees):
    page = client.get(f"/en/eligibility?employees={employees}&province=330000&sector=C13")
    assert page.h1 == "You may apply and explain"
    assert "You may still apply: explain in the form why SCORE fits you. The partner institution decides." in page.text
    assert any(link.endswith("/accounts/register") for link in page.links())


def test_nobody_covers_the_place(client):
    page = client.get("/en/eligibility?employees=100&province=330000&sector=C38")
    assert "No partner institution works in your area yet" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "employees=",
        "employees=abc&province=330000&sector=C38",
        "employees=-5&province=330000&sector=C38",
        "employees=1e9&province=330000&sector=C38",
        "employees=100&province=nowhere&sector=C38",
        "employees=100&province=330000&sector=%F0%9F%98%80",
        "employees=" + "9" * 5000,
        "province=%00&sector=%00",
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_answers_get_an_error_beside_the_field(client, lang, query):
    page = client.get(f"/{lang}/eligibility?{query}")
    assert page.errors


def test_what_is_no_number_is_told_once(client):
    page = client.get("/en/eligibility?employees=abc&province=330000&sector=C38")
    assert page.errors == ["Type a whole number, such as 120."]
    assert page.value("employees") == "abc"


def test_the_answers_come_along_into_the_draft(database, client):
    enterprise, person = make_enterprise(state=None)
    client.get("/en/eligibility?employees=186&province=510000&sector=C34")
    cookie = client.http.get_cookie("eligibility").value
    client.sign_in(person)
    client.http.set_cookie("eligibility", cookie)
    page = client.follow(client.post("/en/enrolment/begin"))
    assert page.value("sector") == "C34"
    assert page.find_all("optgroup")[1].get("label") == "Sichuan"
    assert "On the eligibility page you said 186." in client.get(page.path.replace("step/1", "step/2")).text
    assert enrolment_of(enterprise.id).answers["province"] == "510000"


def test_a_spoilt_cookie_does_no_harm(database, client):
    _, person = make_enterprise(state=None)
    client.sign_in(person)
    client.http.set_cookie("eligibility", "x.<script>.C99.4")
    assert client.follow(client.post("/en/enrolment/begin")).value("sector") in (None, "")
