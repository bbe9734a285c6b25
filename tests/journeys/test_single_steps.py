"""Do the hardest conditions leave the work possible: no mouse at all, and a network that goes away while somebody answers?"""

import pytest
from playwright.sync_api import Locator, expect

from score_web.enrolment.states import EnrolmentState
from tests.factories import PASSWORD, make_enterprise, make_institution
from tests.journeys.visitor import visitor
from tests.screen import PHONE

pytestmark = pytest.mark.browser
NOT_SAVED = "not saved yet: no connection. It waits in this browser and is sent by itself."


@pytest.fixture
def email(database):
    """Somebody whose enterprise may fill in its self-assessment."""
    _enterprise, person = make_enterprise(state=EnrolmentState.SUBMITTED, institution=make_institution()[0])
    address = person.email
    database.session.commit()
    return address


def tab_to(target: Locator) -> None:
    """As often as it takes, as somebody without a mouse must."""
    for _press in range(60):
        target.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key does not come to {target}")


def test_by_keyboard_alone(email, live, browser):
    with visitor(browser, live, lang="en") as manager:
        page, keys = manager.page, manager.page.keyboard
        manager.open("")
        tab_to(page.get_by_role("link", name="Sign in", exact=True))
        keys.press("Enter")
        manager.sees("Sign in")
        tab_to(manager.field("E-mail"))
        keys.type(email)
        keys.press("Tab")
        keys.type(PASSWORD)
        keys.press("Enter")
        page.wait_for_url("**/dashboard")
        tab_to(page.get_by_role("link", name="Start the self-assessment", exact=True))
        keys.press("Enter")
        manager.sees("Self-assessment")
        tab_to(page.get_by_role("button", name="Start 1", exact=True))
        keys.press("Enter")
        page.wait_for_url("**/A")
        for statement in page.locator("fieldset.statement").all():
            tab_to(statement.get_by_role("radio").first)
            keys.press("Space")
            keys.press("ArrowDown")
            expect(statement.get_by_role("radio", name="Started")).to_be_checked()
            expect(statement.get_by_role("status")).to_have_text(manager.saved())
        tab_to(page.get_by_role("button", name="Save, go to B", exact=True))
        keys.press("Enter")
        page.wait_for_url("**/B")
        manager.open("assessment/")
        manager.reads("%(answered)s of %(total)s answered", answered=4, total=24)


def test_a_network_that_goes_away_and_comes_back(email, live, browser):
    with visitor(browser, live, PHONE, lang="en", as_=email) as manager:
        page = manager.page
        manager.open("assessment/")
        manager.press("Start", about="1")
        page.wait_for_url("**/A")
        first, second = page.locator("fieldset.statement").all()[:2]
        page.context.set_offline(True)
        for statement in (first, second):
            manager.tap(statement.get_by_text("Mostly in place", exact=True))
            expect(statement.get_by_role("status")).to_have_text(NOT_SAVED)
        page.context.set_offline(False)
        for statement in (first, second):
            expect(statement.get_by_role("status")).to_have_text(manager.saved())
        page.reload()
        expect(page.get_by_role("radio", name="Mostly in place", checked=True)).to_have_count(2)
