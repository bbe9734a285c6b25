"""The result page: exact numbers, the comparison, minimum standards, first actions, and who sees it."""

from datetime import timedelta

import pytest

from score_web.assessment import queries, services
from score_web.assessment.answering import Reply
from score_web.assessment.findings import SEGMENTS, Findings, shown
from score_web.assessment.scoring import Band
from score_web.core import clock
from score_web.core.db import db
from tests.assessment.filling import answer_all, submitted
from tests.client import Client

LOW = {
    "M1-A3": Reply("1", note="assembly, <b>night shift</b>"), "M1-C2": Reply("0"),
    "M1-B5": Reply("na", "no union yet"), "M1-E1": Reply("1"),
}


def again(f, **answers):
    """A second self-assessment, submitted; the first one was 100 days ago."""
    f.round.submitted_at = clock.now() - timedelta(days=100)
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    answer_all(second, f.actor, **answers)
    services.submit_round(second, by=f.actor)
    db.session.commit()
    return second


def table(page) -> list[list[str]]:
    return [[page.text_of(cell) for cell in row] for row in page.find_all("tr")]


def test_the_first_result(f, mine):
    submitted(f, but=LOW)
    page = mine.get(f"{f.path}/results")
    assert page.h1 == "Your result: Good"
    assert [page.text_of(p) for p in page.find_all("p", class_="score")] == ["61%Good"]  # 42 of 69 points
    assert "24 of 24 statements answered." in page.text
    assert "1 minimum standard is not met yet." in page.text
    assert table(page) == [
        ["Theme", "Now"], ["A Shared goals and leadership", "58%"], ["B Information sharing and communication", "67%"],
        ["C Employee involvement and suggestions", "53%"], ["D Enterprise improvement team and joint problem solving", "67%"],
        ["E 5S workplace organization", "60%"]]
    assert [page.text_of(p) for p in page.find_all("p", class_="why")] == [
        "Minimum standard Because M1-A3 was rated “Started”", "Because M1-C2 was rated “Not in place”", "Because M1-E1 was rated “Started”"]
    assert "assembly, <b>night shift</b>" in page.text
    assert "no union yet" in page.text
    assert "You chose “Started”." in page.text
    assert "/en/booking/new?module=1" in page.links()


def test_pictures_state_the_finding(f, mine):
    submitted(f, but=LOW)
    page = mine.get(f"{f.path}/results")
    titles = [page.text_of(e) for e in page.tree.iter() if isinstance(e.tag, str) and e.tag.endswith("svg}title")]
    assert titles == [
        "Total 61%, in the band “Good”",
        "Strongest: Information sharing and communication, 67%; weakest: Employee involvement and suggestions, 53%"]


def test_the_second_result_is_compared_with_the_baseline(f, mine):
    submitted(f, choice="1")
    second = again(f, choice="2", but={"M1-D1": Reply("0")})
    page = mine.get(f"/en/assessment/{second.id}/results")
    assert page.h1 == "Your result: Good, and improving"
    assert "31 points above the baseline of" in page.text
    assert table(page)[0] == ["Theme", "Baseline", "Now", "Difference"]
    assert table(page)[4] == ["D Enterprise improvement team and joint problem solving", "33%", "53%", "+20"]
    assert len([e for e in page.tree.iter() if isinstance(e.tag, str) and e.get("class") == "was" and e.tag.endswith("polygon")]) == 1
    assert "baseline" not in mine.get(f"{f.path}/results").text.lower()


def test_worse_is_said_as_plainly_as_better(f, mine):
    submitted(f, choice="3")
    second = again(f, choice="2")
    page = mine.get(f"/en/assessment/{second.id}/results")
    assert page.h1 == "Your result: Good"
    assert "33 points below the baseline of" in page.text
    assert table(page)[1][1:] == ["100%", "67%", "-33"]


def test_a_theme_without_a_rating_shows_a_dash_and_breaks_the_line(f, mine):
    submitted(f, but={f"M1-A{n}": Reply("na", "one-person firm") for n in range(1, 5)})
    page = mine.get(f"{f.path}/results")
    assert table(page)[1] == ["A Shared goals and leadership", "–"]
    shapes = [(e.tag.rpartition("}")[2], e.get("class")) for e in page.tree.iter() if isinstance(e.tag, str) and e.get("class") == "now"]
    assert ("polyline", "now") in shapes
    assert ("polygon", "now") not in shapes


def test_nothing_low_is_good_news_and_not_an_empty_list(f, mine):
    submitted(f)
    page = mine.get(f"{f.path}/results")
    assert "Nothing is below “mostly in place”" in page.text
    assert "All themes are close together." in page.text


def test_outsiders_see_what_was_submitted_in_words_about_the_enterprise(app, f):
    submitted(f, but=LOW)
    page = Client(app).sign_in(f.partner).get(f"{f.path}/results")
    assert page.h1 == "Result: Good"
    assert "They chose “Started”." in page.text
    assert f"{f.path}/reopen" in page.links()
    assert "/en/booking/new?module=1" not in page.links()


@pytest.mark.parametrize(("percent", "text"), [(59.6, 59.6), (60, 60), (60.4, 60), (39.73, 39.7), (79.71, 79.7), (0, 0), (100, 100)])
def test_a_shown_number_never_contradicts_its_band(percent, text):
    assert shown(percent) == text


def test_the_scale_covers_everything_once():
    assert [(s.band, s.start, s.end) for s in SEGMENTS] == [
        (Band.STARTING, 0, 40), (Band.BASIC, 40, 60), (Band.GOOD, 60, 80), (Band.EXCELLENT, 80, 100)]


def test_differences_are_those_of_the_shown_numbers(f):
    submitted(f, choice="1")
    second = again(f, choice="2", but={"M1-A1": Reply("3")})
    found = Findings(queries.score_of(second), queries.score_of(f.round))
    assert [row.change for row in found.rows] == [shown(row.now) - shown(row.was) for row in found.rows] == [42, 34, 34, 34, 34]
    assert Findings(queries.score_of(second)).change is None
