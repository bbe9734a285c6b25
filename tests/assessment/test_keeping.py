"""Long pages that are saved by their button: what was typed outlives a closed window, until the server has it or one signs out."""

import errno

from playwright.sync_api import expect

from score_web.assessment.answering import Change, Reply
from score_web.assessment.queries.lenses import trainer_ratings_of
from score_web.assessment.services import save_answers
from score_web.core.db import db
from tests.assessment.filling import replies, submitted
from tests.assessment.test_verify import with_mandate
from tests.factories import actor_of
from tests.screen import DESKTOP, PHONE, at_screen, sign_in

KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('typed/')).length"


def opened(page, address: str):
    """As after a crash: a new window of the same browser."""
    fresh = page.context.new_page()
    fresh.goto(address)
    return fresh


def test_a_paper_form_half_typed_in_comes_back(f, live, browser):
    with at_screen(browser, live, DESKTOP) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/keying")
        expect(page.locator("#kept")).to_be_hidden()
        page.locator("#M1-A1-key").fill("2")
        page.locator("#M1-A2-key").fill("n no shop floor")
        page = opened(page, f"{f.path}/keying")
        expect(page.locator("#kept")).to_be_visible()
        expect(page.locator("#M1-A2-key")).to_have_value("n no shop floor")
        assert replies(f.round) == {}
        page.get_by_role("button", name="Save all entries").click()
        page.wait_for_url(f"**{f.path}/check")
        page = opened(page, f"{f.path}/keying")
        expect(page.locator("#kept")).to_be_hidden()
        assert page.evaluate(KEPT) == 0
    assert replies(f.round) == {"M1-A1": Reply("2"), "M1-A2": Reply("na", "no shop floor")}


def test_an_older_entry_never_replaces_a_newer_answer(f, live, browser):
    """It comes back with the seal it was typed under, so the server notices."""
    with at_screen(browser, live, DESKTOP) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/keying")
        page.locator("#M1-A1-key").fill("2")
        save_answers(f.round, (Change("M1-A1", Reply("0"), 0),), by=actor_of(f.colleague))
        db.session.commit()
        page = opened(page, f"{f.path}/keying")
        page.get_by_role("button", name="Save all entries").click()
        expect(page.locator(".summary")).to_contain_text("Somebody else was faster")
    assert replies(f.round) == {"M1-A1": Reply("0")}


AGAIN = "Not saved yet: no connection, or nothing can be stored just now."


def test_without_a_network_the_page_stays_and_is_sent_by_itself(f, live, browser):
    with at_screen(browser, live, DESKTOP) as page:
        sign_in(page, f.emails[0])
        page.goto(f"{f.path}/keying")
        page.locator("#M1-A1-key").fill("2")
        page.context.set_offline(True)
        page.get_by_role("button", name="Save all entries").click()
        expect(page.get_by_role("alert")).to_contain_text(AGAIN)
        page.locator("#M1-A2-key").fill("1")
        page.context.set_offline(False)
        page.wait_for_url(f"**{f.path}/check")
    assert replies(f.round) == {"M1-A1": Reply("2"), "M1-A2": Reply("1")}


def test_while_nothing_can_be_stored_the_page_comes_back_and_is_sent_by_itself(f, live, browser, monkeypatch):
    def full(*_arguments, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with at_screen(browser, live, DESKTOP) as page:
        sign_in(page, f.emails[0])
        page.clock.install()
        page.goto(f"{f.path}/keying")
        page.locator("#M1-A1-key").fill("2")
        with monkeypatch.context() as disk:
            disk.setattr("score_web.assessment.views.keying.services.save_answers", full)
            for sent_by in (page.get_by_role("button", name="Save all entries").click, lambda: page.clock.fast_forward(11000)):
                with page.expect_response("**/keying") as answer:
                    sent_by()
                assert answer.value.status == 503
                expect(page.locator(".dock [role=alert]")).to_contain_text(AGAIN)
                expect(page.locator("#M1-A1-key")).to_have_value("2")
        page.clock.fast_forward(11000)
        page.wait_for_url(f"**{f.path}/check")
    assert replies(f.round) == {"M1-A1": Reply("2")}


def test_what_a_trainer_saw_comes_back_and_goes_at_sign_out(f, live, browser):
    trainer = with_mandate(f)
    submitted(f)
    email = trainer.email
    db.session.rollback()  # else this thread keeps the database to itself
    with at_screen(browser, live, PHONE) as page:
        sign_in(page, email)
        page.goto(f"{f.path}/verify")
        page.locator("#M1-A1 .choice").nth(3).click()
        page.locator("#M1-A1 summary").click()
        page.locator("#M1-A1-note").fill("board seen\nin hall 3")
        page = opened(page, f"{f.path}/verify")
        expect(page.locator("#M1-A1-note")).to_have_value("board seen\nin hall 3")
        expect(page.locator("#M1-A1 input:checked")).to_have_value("3")
        page.get_by_role("button", name="Save what I saw").click()
        page.wait_for_url(f"**{f.path}/results")
        page = opened(page, f"{f.path}/verify")
        expect(page.locator("#kept")).to_be_hidden()
        page.locator("#M1-A2 .choice").nth(1).click()
        page.goto("/en/accounts/profile")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("alert")).to_contain_text("are not saved yet")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        assert page.evaluate(KEPT) == 0
    assert trainer_ratings_of(f.round.id)["M1-A1"].reply == Reply("3", note="board seen\nin hall 3")
