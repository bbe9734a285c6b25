"""Is a visit light on a phone: few bytes and requests, nothing asked for twice, nothing that jumps, Back at once, but not to secrets?"""

import re

import pytest

from score_web.core.db import db
from score_web.demo.cli import PASSWORD
from score_web.pulse.models import PulseSurvey
from tests.conftest import build, copy_demo
from tests.screen import PHONE, LiveServer, at_screen, chromium, sign_in

pytestmark = pytest.mark.browser
FIRST, NEXT, REQUESTS = 40 * 1024, 10 * 1024, 5
LATER = re.compile(r"^$|mark\.svg$|/preview$")
WHO = "enterprise2@example.com"  # fills in at this moment
SHIFTS = "addEventListener('pageshow', (e) => { window.restored = e.persisted; }); window.shift = 0;" \
    "new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shift += e.value; }))" \
    ".observe({type: 'layout-shift', buffered: true});"


@pytest.fixture(scope="module")
def site(demo_template, tmp_path_factory):
    """The demo on a free port, and the address of a worker survey that is open."""
    folder = tmp_path_factory.mktemp("phones")
    copy_demo(demo_template, folder)
    app = build(f"sqlite:///{folder / 'demo.db'}", folder)
    with app.app_context():
        token = db.session.scalar(db.select(PulseSurvey.token).where(PulseSurvey.closed_at.is_(None)).limit(1))
    with LiveServer(app) as address:
        yield address, f"/zh/pulse/{token}"


@pytest.fixture(scope="module")
def phone():
    """Playwright switches the memory of the Back button off; phones have it."""
    with chromium(ignore_default_args=["--disable-back-forward-cache"]) as started:
        yield started


class Wire:
    """What goes over the network, as the browser itself counts it, headers included. What it has in a cache counts nothing."""

    def __init__(self, page):
        self.page, self.names, self.sizes, self.files = page, {}, {}, set()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda event: self.names.update({event["requestId"]: event["request"]["url"]}))
        network.on("Network.loadingFinished", lambda event: self.sizes.update({event["requestId"]: event["encodedDataLength"]}))

    def visit(self, path: str) -> dict[str, int]:
        """Address and bytes of each answer that this page took. No file is ever taken twice. Not counted: the sign of the tab (0.9 KB),
        which the browser fetches when it finds the time, and photos that people have added themselves."""
        self.names.clear()
        self.sizes.clear()
        self.page.goto(path, wait_until="networkidle")
        taken = {self.names[number]: size for number, size in self.sizes.items() if size and not LATER.search(self.names.get(number, ""))}
        files = {name for name in taken if "/assets/" in name}
        assert not files & self.files, "asked for again"
        self.files |= files
        return taken


def theme_of(page) -> str:
    """The first theme of the self-assessment that is under way."""
    page.goto("/zh/assessment/")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    return re.sub(r"/[A-Z]$", "/A", page.url.partition("#")[0])


@pytest.mark.parametrize("first", ["/zh/", "/en/accounts/sign-in", "/zh/modules/1", "survey"])
def test_the_first_page_and_the_next(site, phone, first):
    address, survey = site
    with at_screen(phone, address, PHONE, lang=first[1:3] if first[0] == "/" else "zh") as page:
        wire = Wire(page)
        taken = wire.visit(survey if first == "survey" else first)
        assert sum(taken.values()) <= FIRST, taken
        assert 2 <= len(taken) < REQUESTS, taken  # and the sign of the tab
        taken = wire.visit("/zh/help" if first != "survey" else survey.replace("/zh/", "/en/"))
        assert sum(taken.values()) <= NEXT, taken
        assert len(taken) == 1, taken  # the page alone: no file is asked for again, not even whether it has changed


def test_somebody_signed_in(site, phone):
    """Files that a page brings for the first time, such as its script, come once."""
    with at_screen(phone, site[0], PHONE, lang="zh") as page:
        wire = Wire(page)
        sign_in(page, WHO, PASSWORD, "zh")
        theme = theme_of(page)
        for path in ("/zh/dashboard", "/zh/assessment/", theme, re.sub("A$", "B", theme), "/zh/trainers/", "/zh/booking/"):
            taken = wire.visit(path)
            assert sum(taken.values()) <= NEXT, taken
            assert len(taken) == 1, taken


def test_nothing_jumps(site, phone):
    with at_screen(phone, site[0], PHONE, lang="zh") as page:
        page.add_init_script(SHIFTS)
        found = [jumps(page, path) for path in ("/zh/", "/en/", "/zh/eligibility", "/zh/accounts/sign-in", "/zh/help", site[1])]
        sign_in(page, WHO, PASSWORD, "zh")
        found += [jumps(page, path) for path in ("/zh/dashboard", "/zh/assessment/", theme_of(page), "/zh/trainers/", "/en/dashboard")]
    assert [line for line in found if line] == []


def jumps(page, path: str) -> str:
    """How far things moved that somebody could have been about to touch; empty when nothing did."""
    page.goto(path)
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(150)
    shift = page.evaluate("window.shift")
    return f"{path}: {shift}" if shift else ""


def back(page, to: str) -> bool:
    """Press Back; whether the page stood ready in memory."""
    page.evaluate("history.back()")
    page.wait_for_url(f"**{to}", wait_until="commit")
    while (ready := page.evaluate("window.restored")) is None:
        page.wait_for_timeout(20)
    return ready


def test_back_is_at_once(site, phone):
    """Also to private pages, as long as nothing has changed."""
    with at_screen(phone, site[0], PHONE, lang="zh") as page:
        page.add_init_script(SHIFTS)
        page.goto("/zh/")
        page.goto("/zh/help")
        assert back(page, "/zh/")
        sign_in(page, WHO, PASSWORD, "zh")
        page.goto("/zh/dashboard")
        page.goto("/zh/trainers/")
        assert back(page, "/zh/dashboard")


def test_back_after_a_change_shows_what_is_now(site, phone):
    with at_screen(phone, site[0], PHONE, lang="zh") as page:
        page.add_init_script(SHIFTS)
        sign_in(page, WHO, PASSWORD, "zh")
        theme = theme_of(page)
        page.goto("/zh/dashboard")
        page.goto(theme)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("fieldset.statement input[type=radio]").first.check(force=True)
        assert not back(page, "/zh/dashboard")


def test_back_after_signing_out_shows_nothing(site, phone):
    with at_screen(phone, site[0], PHONE, lang="zh") as page:
        page.add_init_script(SHIFTS)
        sign_in(page, WHO, PASSWORD, "zh")
        page.goto("/zh/dashboard")
        page.goto("/zh/accounts/profile")
        page.locator("form[action$='sign-out'] button").first.click()
        page.wait_for_url(lambda url: "/accounts/profile" not in url)
        page.evaluate("history.go(-2)")
        page.wait_for_url("**/accounts/sign-in**")
        assert page.locator("[name=password]").is_visible()
