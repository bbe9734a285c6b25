"""The hands and eyes of one person at a browser window: presses, types, picks and reads, by the words that stand on the page."""

import re
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.catalogue import catalogue, strings
from tests.factories import PASSWORD
from tests.screen import DESKTOP, at_screen, overflow

OPTIONAL = " (optional)"
expect.set_options(timeout=15000)  # a busy computer is no fault of the page


class Visitor:
    """`lang` is the language of the pages; words are given in English and looked for in that language."""

    def __init__(self, page: Page, lang: str, *, touch: bool, script: bool):
        self.page, self.lang, self.touch, self.script = page, lang, touch, script

    def say(self, english: str, **values) -> str:
        """Names stay as they are; of sentences with a number, `english` is the one for 1."""
        message = catalogue().get(english) if self.lang == "zh" else None
        return (strings(message)[0] if message else english) % values

    def open(self, path: str) -> None:
        self.page.goto(f"/{self.lang}/{path}")

    def tap(self, target: Locator) -> None:
        target.tap() if self.touch else target.click()

    def press(self, words: str, about: str = "") -> None:
        """A button; `about` is what only a screen reader adds to it."""
        self.tap(self.page.get_by_role("button", name=f"{self.say(words)} {about}".strip(), exact=True))

    def follow(self, words: str) -> None:
        self.tap(self.page.get_by_role("main").get_by_role("link", name=self.say(words), exact=True).first)

    def goes_to(self, entry: str) -> None:
        """By the menu on top of every page."""
        menu = self.page.get_by_role("navigation", name=self.say("Main menu"), exact=True)
        self.tap(menu.get_by_role("link", name=self.say(entry), exact=True))

    def unfold(self, words: str) -> None:
        self.tap(self.page.locator("summary").get_by_text(self.say(words), exact=True))

    def field(self, label: str) -> Locator:
        optional = label.endswith(OPTIONAL)
        words = self.say(label.removesuffix(OPTIONAL)) + (self.say(OPTIONAL) if optional else "")
        return self.page.get_by_label(words, exact=True)

    def type(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def pick(self, label: str, option: str) -> None:
        self.field(label).select_option(option)

    def tick(self, label: str) -> None:
        self.field(label).check()

    def tick_option(self, words: str) -> None:
        """One of several options, each with an explanation below it."""
        self.page.get_by_role("radio", name=re.compile(f"^{re.escape(self.say(words))}")).check()

    def sees(self, heading: str, **values) -> None:
        """This is the page; it fits the screen."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.say(heading, **values))
        assert overflow(self.page) == 0

    def reads(self, english: str, **values) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(self.say(english, **values))

    def is_told(self, english: str, **values) -> None:
        """The message on top of a page after something was done."""
        expect(self.page.get_by_role("status").first).to_have_text(self.say(english, **values))

    def is_warned(self, english: str, **values) -> None:
        """The summary of what is wrong."""
        expect(self.page.get_by_role("alert").first).to_contain_text(self.say(english, **values))

    def finds(self, label: str, value: str) -> None:
        """A field holds this value."""
        expect(self.field(label)).to_have_value(value)

    def saved(self) -> re.Pattern:
        return re.compile(self.say("saved %(time)s", time="@").replace("@", r"\d\d:\d\d"))


@contextmanager
def visitor(browser, live, size=DESKTOP, *, lang: str, script: bool = True, as_: str = ""):
    """A person at a window of its own; `as_` is the address with which to sign in first."""
    with at_screen(browser, live, size, lang=lang, script=script) as page:
        person = Visitor(page, lang, touch=size != DESKTOP, script=script)
        if as_:
            sign_in(person, as_)
        yield person


def sign_in(person: Visitor, email: str) -> None:
    person.open("accounts/sign-in")
    person.type("E-mail", email)
    person.type("Password", PASSWORD)
    person.press("Sign in")
    person.page.wait_for_url("**/dashboard")
