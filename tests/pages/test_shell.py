"""Does the language switch of a form carry what was typed, and does Enter still mean the form's own button?"""

import re

import pytest


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_switch_keeps_what_was_typed(live, page):
    page.goto(f"{live}/zh/accounts/sign-in")
    page.get_by_label("邮箱").fill("somebody@example.com")
    page.get_by_role("button", name="English").click()
    assert re.search(r"/en/accounts/sign-in", page.url)
    assert page.get_by_label("E-mail").input_value() == "somebody@example.com"


def test_enter_does_not_switch_the_language(live, page):
    page.goto(f"{live}/zh/accounts/sign-in")
    page.get_by_label("邮箱").fill("somebody@example.com")
    with page.expect_navigation():
        page.get_by_label("密码").press("Enter")
    assert re.search(r"/zh/accounts/sign-in", page.url)
    assert page.locator(".summary").count() == 1
