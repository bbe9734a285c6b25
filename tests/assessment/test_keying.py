"""A paper form typed in: what an entry means, and that nothing typed is lost and nothing unseen is changed."""

import pytest

from score_web.accounts.services import end_sign_ins
from score_web.assessment import keying, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.states import RoundState
from score_web.core import held
from score_web.core.db import db
from tests.assessment.filling import answer_all, form_of, replies, submitted
from tests.screen import DESKTOP, at_screen, sign_in

BESIDE = Reply("", "old reason", "note", discuss=True)


@pytest.mark.parametrize(("typed", "choice", "reason"), [
    ("", "", "old reason"), ("0", "0", "old reason"), ("3", "3", "old reason"), ("２", "2", "old reason"),
    ("n no night shift", "na", "no night shift"), ("N: no night shift", "na", "no night shift"), ("n/a, none", "na", "none"),
    ("na none", "na", "none"), ("n", "na", ""), ("ｎ 没有夜班", "na", "没有夜班"), ("n没有夜班", "na", "没有夜班"),
    ("不适用：没有夜班", "na", "没有夜班"),
    ("n 3 shifts of 12", "na", "3 shifts of 12"),
])
def test_an_entry_is_read_and_leaves_the_rest_alone(typed, choice, reason):
    assert keying.read_entry(typed, BESIDE) == Reply(choice, reason, "note", discuss=True)


@pytest.mark.parametrize("typed", ["4", "12", "-1", "2.0", "x", "none", "no", "nothing here", "yes", "²3", "0 because"])
def test_what_cannot_be_read_is_refused(typed):
    assert keying.read_entry(typed, BESIDE) is None


@pytest.mark.parametrize("reply", [Reply(), Reply("0"), Reply("3", "left over"), Reply("na", "没有夜班"), Reply("na")])
def test_every_answer_reads_back_as_itself(reply):
    assert keying.read_entry(keying.entry(reply), reply) == reply


def keyed(page, **entries) -> dict[str, str]:
    return form_of(page) | {f"M1-{name}.key": entry for name, entry in entries.items()}


def test_a_whole_form_is_one_post_and_leads_to_the_check_page(f, mine):
    assert f"{f.path}/keying" in mine.get(f"{f.path}/A").links()
    page = mine.get(f"{f.path}/keying")
    assert len(page.find_all("input", class_="in")) == 24
    page = mine.follow(mine.post(page.path, keyed(page, A1="3", A2="n no shop floor", E5="0")))
    assert page.h1 == "Check your answers"
    assert replies(f.round) == {"M1-A1": Reply("3"), "M1-A2": Reply("na", "no shop floor"), "M1-E5": Reply("0")}


def test_notes_marks_and_other_answers_stay_as_they_are(f, mine):
    but = {"M1-A1": Reply("1", note="day\nand night", discuss=True), "M1-A2": Reply("2", reason="left over")}
    answer_all(f.round, f.actor, but=but, only=4)
    page = mine.get(f"{f.path}/keying")
    assert "Discuss together" in page.text
    mine.post(page.path, keyed(page, A1="2", A3=""))
    assert replies(f.round) == {
        "M1-A1": Reply("2", note="day\nand night", discuss=True), "M1-A2": but["M1-A2"], "M1-A3": Reply(), "M1-A4": Reply("2")}


def test_slips_are_told_beside_the_field_and_the_rest_is_saved(f, mine):
    page = mine.get(f"{f.path}/keying")
    page = mine.post(page.path, keyed(page, A1="7", A2="2", A3="n " + "x" * 600), status=422)
    assert "2 entries are not saved" in page.text
    assert len(page.errors) == 2
    assert (page.value("M1-A1.key"), page.value("M1-A3.key")) == ("7", "n " + "x" * 600)
    assert replies(f.round) == {"M1-A2": Reply("2")}
    mine.post(page.path, keyed(page, A1="1", A3="n short"))
    assert replies(f.round) == {"M1-A1": Reply("1"), "M1-A2": Reply("2"), "M1-A3": Reply("na", "short")}


def test_a_missing_reason_brings_the_page_back_to_that_line(f, mine):
    page = mine.get(f"{f.path}/keying")
    made = mine.post(page.path, keyed(page, A1="n"))
    assert made.location == f"{f.path}/keying#M1-A1-key"
    assert mine.get(f"{f.path}/keying").errors == ["The reason is missing: type it after the n."]


def test_a_newer_answer_is_a_conflict_here_too(f, mine):
    page = mine.get(f"{f.path}/keying")
    services.save_answers(f.round, (Change("M1-A1", Reply("1", note="seen"), 0), Change("M1-A3", Reply("1"), 0)), by=f.actor)
    db.session.commit()
    page = mine.post(page.path, keyed(page, A1="3", A2="2", A3="9"), status=409)
    assert "The newer answer stands, this one is not saved." in page.text
    assert (page.value("M1-A1.key"), page.value("M1-A3.key")) == ("1", "9")
    assert replies(f.round) == {"M1-A1": Reply("1", note="seen"), "M1-A2": Reply("2"), "M1-A3": Reply("1")}
    page = mine.post(page.path, keyed(page, A1="3", A3="2"), status=409)
    assert replies(f.round)["M1-A1"] == Reply("3", note="seen")
    assert replies(f.round)["M1-A3"] == Reply("1"), "an old page with a slip may not overwrite either"


def test_language_switch_lost_token_and_a_locked_form_keep_everything_typed(f, mine):
    page = mine.get(f"{f.path}/keying")
    typed = keyed(page, A1="7", A2="2")
    zh = page.path.replace("/en/", "/zh/")
    for more, status, path in (({"switch_language": "1"}, 200, zh), ({"csrf_token": "stale"}, 400, page.path)):
        again = mine.post(path, typed | more, status=status)
        assert (again.value("M1-A1.key"), again.value("M1-A2.key")) == ("7", "2")
        assert replies(f.round) == {}
    submitted(f)
    again = mine.post(page.path, keyed(page, A2="0"), status=409)
    assert again.value("M1-A2.key") == "0"
    assert f.round.state is RoundState.SUBMITTED
    assert mine.get(f"{f.path}/keying", status=302).location == f"{f.path}/results"


def test_a_session_that_ended_brings_the_whole_sheet_back(f, mine):
    page = mine.get(f"{f.path}/keying")
    end_sign_ins(f.manager.id)
    form = keyed(page, A1="7", A2="2", A3="n no night shift")
    out = mine.post(page.path, form, status=401)
    held_form = {"email": f.manager.email, "password": "correct-horse-9", held.FIELD: out.value(held.FIELD)}
    led = mine.post(out.find_all("form", id="page-form")[0].get("action"), held_form, status=307)
    back = mine.post(led.location, held_form, status=200)
    assert [back.value(f"M1-A{n}.key") for n in (1, 2, 3)] == ["7", "2", "n no night shift"]
    assert replies(f.round) == {}
    mine.post(page.path, keyed(back, A1="1"))
    assert replies(f.round) == {"M1-A1": Reply("1"), "M1-A2": Reply("2"), "M1-A3": Reply("na", "no night shift")}


@pytest.mark.parametrize("bad", [{"M9-Z1.seal": "0-0"}, {"M1-A1.seal": "x"}])
def test_what_no_page_of_ours_sends_is_refused(f, mine, bad):
    page = mine.get(f"{f.path}/keying")
    mine.post(page.path, keyed(page, A1="2") | bad, status=400)
    assert replies(f.round) == {}


def test_the_keyboard_alone_types_a_form(f, live, browser):
    with at_screen(browser, live, DESKTOP) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/keying")
        page.locator("#M1-A1-key").focus()
        for entry in ("2", "n no shop floor", "", "3"):
            page.keyboard.type(entry)
            page.keyboard.press("Enter")
        page.keyboard.type("1")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "M1-B2-key"
        page.get_by_role("button", name="Save all entries").click()
        page.wait_for_url(f"**{f.path}/check")
    assert replies(f.round) == {"M1-A1": Reply("2"), "M1-A2": Reply("na", "no shop floor"), "M1-A4": Reply("3"), "M1-B1": Reply("1")}
