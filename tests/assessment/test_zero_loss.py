"""Lost answers, "saved" but it was not, later = submitted, load = wiped: the questionnaire at a real browser, when things go wrong."""

import re

import pytest
from playwright.sync_api import expect

from score_web.accounts import services as accounts
from score_web.assessment import services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.states import RoundState
from score_web.core.db import db
from score_web.permissions import Role
from tests.assessment.filling import replies
from tests.factories import actor_of, add_membership, make_person
from tests.screen import PHONE, at_screen, sign_in

SAVED = re.compile(r"saved \d\d:\d\d")
OFFLINE = "not saved yet: no connection. It waits in this browser and is sent by itself."
WAITING = "Object.keys(localStorage).filter((name) => name.startsWith('unsaved/')).map((name) => name.split('#')[1]).sort()"


@pytest.fixture
def phone(f, live, browser):
    with at_screen(browser, live, PHONE) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/A")
        yield page


def choose(page, statement: str, words: str) -> None:
    page.locator(f"#{statement} .choice", has_text=words).first.click()


def status(page, statement: str):
    return page.locator(f"#{statement}-status")


def sign_in_here(page, email: str, password: str = "correct-horse-9") -> None:
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")


def session_ends(person) -> None:
    accounts.end_sign_ins(person.id)
    db.session.commit()


def colleague_says(f, statement: str, choice: str, over: int = 0) -> None:
    services.save_answers(f.round, (Change(statement, Reply(choice), over),), by=actor_of(f.colleague))
    db.session.commit()


def test_lost_answers_killed_browser_goes_on_where_it_was(f, phone):
    phone.context.set_offline(True)
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    phone.locator("#M1-A2 summary").click()
    phone.locator("#M1-A2-note").press_sequentially("half a sen")  # killed while typing: never left the field
    phone.close()
    phone.context.set_offline(False)
    assert replies(f.round) == {}
    again = phone.context.new_page()
    again.goto(f"{f.path}/A")
    expect(status(again, "M1-A1")).to_have_text(SAVED)
    expect(status(again, "M1-A2")).to_have_text("note saved, not answered yet")
    expect(again.locator("#M1-A2-note")).to_be_visible()
    assert replies(f.round) == {"M1-A1": Reply("2"), "M1-A2": Reply(note="half a sen")}
    assert again.evaluate(WAITING) == []


def test_load_wiped_resuming_never_overwrites_and_names_both(f, phone):
    """Answered without a network, browser killed; meanwhile a colleague answers. The list says what waits, the theme shows both."""
    phone.context.set_offline(True)
    for statement in ("M1-A1", "M1-A2"):
        choose(phone, statement, "Mostly in place")
        expect(status(phone, statement)).to_have_text(OFFLINE)
    phone.close()
    colleague_says(f, "M1-A1", "0")
    phone.context.set_offline(False)
    again = phone.context.new_page()
    again.goto("/en/assessment/")
    expect(again.locator("#unsaved a")).to_have_text("M1-A1")
    assert replies(f.round) == {"M1-A1": Reply("0"), "M1-A2": Reply("2")}
    again.locator("#unsaved a").click()
    expect(again.locator("#M1-A1-said")).to_contain_text("Li Mei answered this in the meantime")
    expect(again.locator("#M1-A1-said")).to_contain_text(f.manager.name)
    expect(again.locator("#M1-A1 input:checked")).to_have_value("0")
    assert replies(f.round)["M1-A1"] == Reply("0")
    db.session.refresh(f.round)
    assert f.round.state is RoundState.OPEN
    db.session.rollback()


def test_lost_answers_network_cut_and_back(f, phone):
    phone.context.set_offline(True)
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    assert (replies(f.round), phone.evaluate(WAITING)) == ({}, ["M1-A1"])
    phone.context.set_offline(False)
    expect(status(phone, "M1-A1")).to_have_text(SAVED)
    assert (replies(f.round), phone.evaluate(WAITING)) == ({"M1-A1": Reply("2")}, [])


def test_lost_answers_session_expired_in_mid_page(f, phone):
    session_ends(f.manager)
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_contain_text("you are signed out")
    phone.get_by_role("button", name="Save, go to B").click()
    expect(phone.locator("main")).to_contain_text("You are no longer signed in, so this is not saved yet.")
    sign_in_here(phone, f.emails[0], "wrong-wrong-1")
    expect(phone.locator("main")).to_contain_text("E-mail or password is wrong")
    sign_in_here(phone, f.emails[0])
    phone.wait_for_url(f"**{f.path}/A")
    expect(status(phone, "M1-A1")).to_have_text("not saved yet")
    expect(phone.locator("#M1-A1 input:checked")).to_have_value("2")
    assert replies(f.round) == {}
    phone.get_by_role("button", name="Save, go to B").click()
    phone.wait_for_url(f"**{f.path}/B")
    assert replies(f.round) == {"M1-A1": Reply("2")}
    nothing_waits(phone)


def nothing_waits(page) -> None:
    """Asked from outside: the pages forbid what Playwright's own waiting would evaluate in them."""
    for _look in range(50):
        if page.evaluate(WAITING) == []:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(WAITING) == []


def test_saved_but_it_was_not_after_signing_in_again_in_another_tab(f, phone):
    """The old page's token is renewed for the same person; under somebody else's name nothing is sent."""
    tab = phone.context.new_page()
    for email, said in ((f.emails[0], SAVED), (f.emails[1], "not saved: somebody else is signed in in this browser now.")):
        tab.goto("/en/accounts/sign-in")
        sign_in_here(tab, email)
        tab.wait_for_url("**/dashboard")
        choose(phone, "M1-A1", "Mostly in place" if said is SAVED else "Fully in place")
        expect(status(phone, "M1-A1")).to_have_text(said)
    assert replies(f.round) == {"M1-A1": Reply("2")}
    tab.goto(f"{f.path}/A")
    expect(tab.locator("#M1-A1 input:checked")).to_have_value("2")
    assert tab.evaluate(WAITING) == ["M1-A1"]


def test_lost_answers_two_tabs_and_a_hasty_change(f, phone):
    tab = phone.context.new_page()
    tab.goto(f"{f.path}/A")
    choose(tab, "M1-A1", "Started")
    expect(status(tab, "M1-A1")).to_have_text(SAVED)
    choose(phone, "M1-A1", "Fully in place")
    expect(phone.locator("#M1-A1-said")).to_contain_text("You answered this on another page in the meantime")
    expect(phone.locator("#M1-A1 input:checked")).to_have_value("1")
    choose(phone, "M1-A2", "Started")
    choose(phone, "M1-A2", "Fully in place")
    phone.get_by_role("button", name="Save, go to B").dblclick()
    phone.wait_for_url(f"**{f.path}/B")
    assert replies(f.round) == {"M1-A1": Reply("1"), "M1-A2": Reply("3")}


def test_sign_out_wipes_what_waits_of_that_person_only(f, phone):
    phone.route("**/assessment/*/A", lambda route: route.abort("internetdisconnected"))
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    phone.evaluate("localStorage.setItem('unsaved/999/assessment/1/A#M1-A4', 'of somebody else')")
    phone.goto("/en/accounts/profile")
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("alert")).to_contain_text("are not saved yet")
    assert phone.evaluate(WAITING) == ["M1-A1", "M1-A4"]
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("link", name="Sign in")).to_be_visible()
    assert phone.evaluate(WAITING) == ["M1-A4"]


def test_signed_out_from_elsewhere_what_waits_is_for_its_owner_alone(f, phone):
    """Who signs in here next sees nothing of it and sends nothing of it; the owner finds it again."""
    phone.route("**/assessment/*/A", lambda route: route.abort("internetdisconnected"))
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    accounts.sign_out(actor_of(f.manager))
    db.session.commit()
    phone.unroute("**/assessment/*/A")
    phone.goto(f"{f.path}/A")
    expect(phone).to_have_title(re.compile("^Sign in"))
    sign_in_here(phone, f.emails[1])
    phone.wait_for_url(f"**{f.path}/A")
    expect(phone.locator("#M1-A1 input:checked")).to_have_count(0)
    phone.goto("/en/assessment/")
    expect(phone.locator("#unsaved")).to_be_hidden()
    phone.goto("/en/accounts/profile")
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("link", name="Sign in")).to_be_visible()
    assert (replies(f.round), phone.evaluate(WAITING)) == ({}, ["M1-A1"])
    phone.goto(f"{f.path}/A")
    sign_in_here(phone, f.emails[0])
    expect(status(phone, "M1-A1")).to_have_text(SAVED)
    assert (replies(f.round), phone.evaluate(WAITING)) == ({"M1-A1": Reply("2")}, [])


def test_signing_out_everywhere_wipes_what_waits_here(f, phone):
    phone.route("**/assessment/*/A", lambda route: route.abort("internetdisconnected"))
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    phone.goto("/en/accounts/devices")
    phone.locator("summary", has_text="Sign out everywhere").click()
    phone.get_by_role("button", name="Sign out everywhere").click()
    expect(phone.get_by_role("alert")).to_contain_text("are not saved yet")
    phone.get_by_role("button", name="Sign out everywhere").click()
    expect(phone.get_by_role("link", name="Sign in")).to_be_visible()
    assert phone.evaluate("localStorage.length") == 0


def test_closing_the_account_wipes_what_waits_here(f, phone):
    phone.route("**/assessment/*/A", lambda route: route.abort("internetdisconnected"))
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    add_membership(make_person(), f.enterprise, Role.ENTERPRISE, head=True)
    db.session.commit()
    phone.goto("/en/accounts/close")
    phone.fill("[name=current]", "correct-horse-9")
    phone.check("[name=sure]")
    phone.get_by_role("button", name="Close my account").click()
    expect(phone.get_by_role("alert")).to_contain_text("are not saved yet")
    assert phone.evaluate(WAITING) == ["M1-A1"]
    phone.get_by_role("button", name="Close my account").click()
    expect(phone.get_by_role("status")).to_contain_text("Your account is closed")
    assert phone.evaluate("localStorage.length") == 0


def test_what_nobody_came_back_for_lapses_after_thirty_days(f, phone):
    waiting = {"unsaved/7/assessment/1/A#M1-A1": 31, "typed/7/assessment/1/keying#0": 31, "unsaved/8/assessment/1/A#M1-A2": 29}
    phone.evaluate("""waiting => Object.entries(waiting).forEach(([name, days]) => {
        localStorage.setItem(name, "x"); localStorage.setItem("since/" + name, Date.now() - days * 864e5); })""", waiting)
    phone.evaluate("localStorage.setItem('unsaved/9/assessment/1/A#M1-A3', 'of an earlier release')")
    phone.goto("/en/accounts/sign-in")
    assert phone.evaluate("Object.keys(localStorage).sort()") == [
        "since/unsaved/8/assessment/1/A#M1-A2", "since/unsaved/9/assessment/1/A#M1-A3",
        "unsaved/8/assessment/1/A#M1-A2", "unsaved/9/assessment/1/A#M1-A3"]


def test_lost_answers_language_switch_in_mid_page(f, phone):
    choose(phone, "M1-A1", "Mostly in place")
    phone.locator("#M1-A1 summary").click()
    phone.locator("#M1-A1-note").fill("看板")
    phone.get_by_role("button", name="中文").click()
    phone.wait_for_url("**/zh/assessment/**")
    expect(phone.locator("#M1-A1-note")).to_have_value("看板")
    expect(status(phone, "M1-A1")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert replies(f.round) == {"M1-A1": Reply("2", note="看板")}


@pytest.mark.parametrize("script", [True, False])
def test_lost_answers_back_shows_what_is_stored_now(f, live, browser, script):
    """A browser puts old choices back into a page it returns to; ours shows what the colleague has answered meanwhile."""
    with at_screen(browser, live, script=script) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/A")
        choose(page, "M1-A1", "Mostly in place")
        page.locator("[name=go][value=C]").click()  # a theme of the list: the page is saved on the way
        page.wait_for_url(f"**{f.path}/C")
        assert replies(f.round) == {"M1-A1": Reply("2")}
        colleague_says(f, "M1-A1", "0", over=1)
        page.go_back()
        expect(status(page, "M1-A1")).to_contain_text("Li Mei")
        expect(page.locator("#M1-A1 input:checked")).to_have_value("0")
        page.get_by_role("button", name="Save, go to B").click()
        page.wait_for_url(f"**{f.path}/B")
        assert replies(f.round) == {"M1-A1": Reply("0")}


def test_without_a_network_the_button_keeps_the_page(f, phone):
    """The browser's own "no internet" page would take the place of what was typed."""
    phone.context.set_offline(True)
    choose(phone, "M1-A1", "Mostly in place")
    expect(status(phone, "M1-A1")).to_have_text(OFFLINE)
    phone.get_by_role("button", name="Save, go to B").click()
    expect(phone.get_by_role("alert")).to_contain_text("waits in this browser")
    expect(phone.locator("#dock")).to_contain_text("not saved yet: 1")
    phone.context.set_offline(False)
    expect(status(phone, "M1-A1")).to_contain_text("saved")
    expect(phone.get_by_role("alert")).to_have_count(0)
