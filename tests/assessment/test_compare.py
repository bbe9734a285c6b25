"""Two self-assessments side by side, also of different editions; and the median of others on the results page."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from score_web.assessment import queries, questionnaire, services
from score_web.assessment.answering import Reply
from score_web.assessment.queries.benchmark import benchmarks_of
from score_web.core import clock
from score_web.core.db import db
from score_web.core.words import Text
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from tests.assessment.filling import answer_all, submitted
from tests.client import Client
from tests.factories import actor_of, make_enterprise

NUMBERS = itertools.count(1)


def again(f, **answers):
    db.session.expire_all()
    fresh = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    answer_all(fresh, f.actor, **answers)
    services.submit_round(fresh, by=f.actor)
    db.session.commit()
    return fresh


def tables(page) -> list[list[str]]:
    return [[page.text_of(cell) for cell in row] for row in page.find_all("tr")]


def second_edition(monkeypatch) -> None:
    """2027: theme E is gone, M1-A4 too, and M1-A9 is new."""
    old = questionnaire.module(1, "2026")
    theme = old.themes[0]
    new = replace(theme.statements[0], id="M1-A9", text=Text("Goals are looked at each month.", "每月检查目标。"), critical=False)
    newer = replace(old, edition="2027", themes=(replace(theme, statements=(*theme.statements[:3], new)), *old.themes[1:4]))
    known = questionnaire.module
    monkeypatch.setattr(questionnaire, "module",
                        lambda number, edition=None: newer if number == 1 and edition in (None, "2027") else known(number, edition))
    monkeypatch.setattr(questionnaire, "latest_edition", lambda number: "2027" if number == 1 else "2026")


def test_themes_and_statements_then_and_now(app, f):
    submitted(f, choice="1", but={"M1-B5": Reply("na", "no union")})
    f.round.submitted_at = clock.now() - timedelta(days=90)
    again(f, choice="2", but={"M1-A1": Reply("0"), "M1-B5": Reply("3")})
    third = again(f, choice="2", but={"M1-A1": Reply("1")})
    client = Client(app).sign_in(f.manager)
    page = client.get(f"/en/assessment/{third.id}/results")
    assert f"/en/assessment/{third.id}/compare" in page.links()
    page = client.get(f"/en/assessment/{third.id}/compare")
    assert page.value("with") == "2"
    assert "1 statement better 22 statements the same 1 statement worse" in page.text
    page = client.get(f"/en/assessment/{third.id}/compare?with=1")
    assert page.value("with") == "1"
    assert tables(page)[0] == ["Theme", "Baseline", "Now", "Difference"]
    assert tables(page)[1] == ["A Shared goals and leadership", "33%", "58%", "+25"]
    assert "22 statements better 1 statement the same 0 statements worse" in page.text
    assert "Started → Mostly in place 1 step better" in page.text
    assert "Not applicable → Mostly in place" in page.text
    assert "Only asked now" not in page.text
    client.get(f"/en/assessment/{third.id}/compare?with=3", status=404)


def test_two_editions_are_compared_on_what_both_ask(app, f, monkeypatch):
    submitted(f, choice="1", but={"M1-A4": Reply("3")})
    second_edition(monkeypatch)
    newer = again(f, choice="2")
    client = Client(app).sign_in(f.manager)
    page = client.get(f"/en/assessment/{newer.id}/compare")
    assert "The questionnaire has changed in between." in page.text
    assert tables(page)[1] == ["A Shared goals and leadership", "33%", "67%", "+34"]  # without M1-A4, which was rated 3
    assert len(tables(page)) == 5
    assert "Only asked now M1-A9 Goals are looked at each month." in page.text
    assert "Only asked then M1-A4" in page.text
    assert "M1-E5" in page.text
    client.get(f"/en/assessment/{newer.id}/results")
    assert "50%" in client.get(f"{f.path}/results").text  # theme A of the old edition still counts M1-A4: 6 of 12 points


def test_the_first_one_has_nothing_to_be_compared_with(app, f):
    client = Client(app).sign_in(f.manager)
    assert client.get(f"{f.path}/compare", status=302).location.endswith("/results")
    submitted(f)
    page = client.get(f"{f.path}/compare")
    assert "There is nothing to compare with yet" in page.text
    assert f"{f.path}/compare" not in client.get(f"{f.path}/results").links()


def others(count: int, *, levels="0123123", **columns) -> None:
    for choice, _ in zip(levels, range(count), strict=False):
        enterprise, person = make_enterprise(code=f"OTHER{next(NUMBERS)}", **columns)
        round_ = services.start_round(enterprise_id=enterprise.id, module=1, by=actor_of(person))
        answer_all(round_, actor_of(person), choice=choice)
        services.submit_round(round_, by=actor_of(person))
    db.session.commit()


@pytest.mark.both_engines
def test_the_median_counts_the_latest_of_approved_others(f):
    submitted(f, choice="3")
    others(4, division_code="440100")
    others(3, division_code="440100", sector="C13")  # neither sector nor province
    others(1, division_code="440100", state=EnrolmentState.SUBMITTED)  # anybody may hand in an enrolment
    assert benchmarks_of(f.round) == []
    others(1, division_code="440100", levels="1")
    found, = benchmarks_of(f.round)
    assert (found.circle.value, found.at_least, found.percent, found.themes["M1-E"]) == ("sector", 5, 33, 33)  # 0 33 33 67 100
    again(f, choice="0")
    assert benchmarks_of(f.round) == [found], "the reader's own never counts"


def test_the_results_page_shows_the_median_to_the_enterprise_alone(app, f):
    submitted(f, choice="3")
    client = Client(app).sign_in(f.manager)
    assert "Fewer than 5 other enterprises" in client.get(f"{f.path}/results").text
    others(5)
    page = client.get(f"{f.path}/results")
    assert ["Theme", "You", "Same sector5 or more", "Same province5 or more"] in tables(page)
    assert ["Whole module", "100%", "33%", "33%"] in tables(page)
    assert "Compared with others" not in Client(app).sign_in(f.partner).get(f"{f.path}/results").text
    assert queries.score_of(f.round).percent == 100


def test_who_is_not_approved_leafs_through_no_medians(app, f):
    submitted(f, choice="3")
    others(5)
    enrolment_of(f.enterprise.id).state = EnrolmentState.SUBMITTED
    assert benchmarks_of(f.round) is None
    assert "Once your enrolment is approved, the median" in Client(app).sign_in(f.manager).get(f"{f.path}/results").text
    enrolment_of(f.enterprise.id).approved_before = True  # a correction waits for the partner
    assert len(benchmarks_of(f.round)) == 2
