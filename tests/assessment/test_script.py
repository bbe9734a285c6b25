"""The questionnaire at a real browser: saving per answer, without a script, two people at once. When things go wrong: test_zero_loss."""

import re

import pytest
from playwright.sync_api import expect

from score_web.assessment.answering import Reply
from score_web.core.db import db
from tests.assessment.filling import answer_all, replies, submitted
from tests.screen import PHONE, at_screen, axe_findings, overflow, sign_in

SAVED = re.compile(r"saved \d\d:\d\d")


def choose(page, statement: str, words: str) -> None:
    page.locator(f"#{statement} .choice", has_text=words).first.click()


def status(page, statement: str):
    return page.locator(f"#{statement}-status")


def test_each_answer_is_saved_by_itself(f, live, browser):
    with at_screen(browser, live, PHONE) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/A")
        choose(page, "M1-A1", "Mostly in place")
        expect(status(page, "M1-A1")).to_have_text(SAVED)
        expect(page.locator("#dock")).to_contain_text("1/4")
        choose(page, "M1-A2", "Not applicable")
        expect(status(page, "M1-A2")).to_have_text("reason missing")
        expect(page.locator("#M1-A2-reason")).to_be_focused()
        page.keyboard.type("no shop floor")
        page.locator("#M1-A3 summary").click()
        expect(status(page, "M1-A2")).to_have_text(SAVED)
        page.locator("#M1-A3-note").fill("ask the union")
        page.locator("h1").click()
        expect(status(page, "M1-A3")).to_have_text("note saved, not answered yet")
        expect(page.locator("#M1-A4-reason")).to_be_hidden()
        assert replies(f.round) == {"M1-A1": Reply("2"), "M1-A2": Reply("na", "no shop floor"), "M1-A3": Reply(note="ask the union")}
        page.reload()
        expect(page.locator("#M1-A1 input:checked")).to_have_value("2")
        choose(page, "M1-A1", "Fully in place")
        choose(page, "M1-A1", "Started")
        expect(status(page, "M1-A1")).to_have_text(SAVED)
        page.get_by_role("button", name="Save, go to B").click()
        page.wait_for_url(f"**{f.path}/B")
        assert replies(f.round)["M1-A1"] == Reply("1")


def test_a_conflict_shows_both_and_waits_for_a_new_choice(f, live, browser):
    with at_screen(browser, live) as mine, at_screen(browser, live) as hers:
        for page, email in zip((mine, hers), f.emails, strict=True):
            sign_in(page, email)
            page.goto(f"{f.path}/A")
        choose(hers, "M1-A1", "Started")
        expect(status(hers, "M1-A1")).to_have_text(SAVED)
        choose(mine, "M1-A1", "Fully in place")
        expect(mine.locator("#M1-A1-said")).to_contain_text("Li Mei answered this in the meantime")
        expect(mine.locator("#M1-A1-said")).to_contain_text("Fully in place")
        expect(mine.locator("#M1-A1 input:checked")).to_have_value("1")
        expect(status(mine, "M1-A1")).to_have_text("not saved")
        assert replies(f.round) == {"M1-A1": Reply("1")}
        choose(mine, "M1-A1", "Mostly in place")
        expect(status(mine, "M1-A1")).to_have_text(SAVED)
        expect(mine.locator("#M1-A1-said")).to_be_empty()
        assert replies(f.round) == {"M1-A1": Reply("2")}


def test_without_a_script_the_reason_is_within_reach(f, live, browser):
    with at_screen(browser, live, PHONE, script=False) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/A")
        choose(page, "M1-A1", "Not applicable")
        page.locator("#M1-A1-reason").fill("trial year")
        choose(page, "M1-A2", "Started")
        page.get_by_role("button", name="Save, go to B").click()
        page.wait_for_url(f"**{f.path}/B")
        assert replies(f.round) == {"M1-A1": Reply("na", "trial year"), "M1-A2": Reply("1")}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_is_accessible_and_fits(f, live, browser, lang, dark):
    answer_all(f.round, f.actor, only=21, but={"M1-A1": Reply("na"), "M1-A3": Reply("1", note="shouting"), "M1-B2": Reply("na", "none")})
    round_id = f.round.id
    db.session.rollback()
    of_round = [f"assessment/{round_id}/{page}" for page in ("A", "check", "results")]
    paths = ["modules/", "modules/3", "assessment/", "assessment/who-sees", *of_round]
    with at_screen(browser, live, (320, 640), lang=lang, dark=dark) as page:
        sign_in(page, f.emails[0], lang=lang)
        found = {path: problems for path in paths if (problems := problems_of(page, f"/{lang}/{path}"))}
        submitted(f, choice="1")
        found |= {"results": problems} if (problems := problems_of(page, f"/{lang}/assessment/{round_id}/results")) else {}
    assert found == {}


def problems_of(page, path: str) -> list[str]:
    page.goto(path)
    wide = overflow(page)
    return axe_findings(page) + ([f"{wide} px too wide"] if wide > 0 else [])
