"""Is every page sound? Walked through by links on the demo site, by everybody who may, in both languages; then looked at in a browser."""

from functools import cache

import brotli
import pytest

from score_web.demo.cli import PASSWORD
from tests.conftest import build, copy_demo
from tests.crawl import VISITORS, Crawl
from tests.screen import DESKTOP, at_screen, axe_findings, overflow, sign_in
from tests.test_access import PLUMBING

LANGUAGES = ["zh", "en"]  # one process walks the site in one language (tests/together.py), so that each walk is done once
# Pages that no link of the demo site leads to.
UNLINKED = {
    "accounts.activate": "/accounts/activate/x",
    "accounts.reset": "/accounts/reset/x",
    "accounts.invitation": "/accounts/invitation/x",
    "accounts.confirm_email": "/accounts/confirm-email/x",  # one-time links of mails
    "accounts.check_mail": "/accounts/check-mail",
    "accounts.check_reset_mail": "/accounts/forgot/sent",
    "accounts.check_both_mails": "/accounts/email/sent",  # shown after a form
    "accounts.handed_link": "/accounts/people/link",  # after making a link
    "accounts.restore": "/accounts/people/1/restore",  # only where somebody is suspended
    "accounts.second_step": "/accounts/sign-in/code",  # after the password
    "accounts.recovery_codes": "/accounts/second-factor/codes",  # after setting it up
    "accounts.renew_recovery_codes": "/accounts/second-factor/renew",
    "accounts.turn_off_second_factor": "/accounts/second-factor/off",
    "accounts.remove_factor": "/accounts/people/1/second-factor",  # only where two-step sign-in is on
    "privacy.decide": "/privacy/erasures/1",  # only where an enterprise wants to be erased
    "privacy.export_file": "/privacy/export.zip",  # after the password
    "assessment.guest_results": "/assessment/try/results",  # once enough is answered
}
SEVERAL_FACES = {"dashboard.show", "booking.index", "booking.show", "enrolment.show", "assessment.results"}


@pytest.fixture(scope="session")
def site(demo_template, tmp_path_factory):
    """`site(visitor, lang)`: the walk of this person, done once, on a demo of their own: buttons are pressed there."""

    @cache
    def walk(visitor: str, lang: str) -> Crawl:
        folder = tmp_path_factory.mktemp("site")
        copy_demo(demo_template, folder)
        return Crawl(build(f"sqlite:///{folder / 'demo.db'}", folder), visitor, lang)

    return walk


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_reached_and_sound(demo_app, site, lang):
    reached = set()
    for visitor in VISITORS:
        reached |= {endpoint for endpoint, _page in site(visitor, lang).pages}
    pages = {rule.endpoint for rule in demo_app.url_map.iter_rules() if "GET" in rule.methods} - PLUMBING
    assert " ".join(sorted(pages - reached - set(UNLINKED))) == "", "pages that no link leads to"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", UNLINKED.values())
def test_pages_behind_mails_are_sound(client, lang, path):
    assert client.get(f"/{lang}{path}", status=None).status in (200, 302, 303, 404, 410)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["/no-such-page", "/modules/9", "/enrolment/999999"])
def test_error_pages_are_sound(client, lang, path):
    client.get(f"/{lang}{path}", status=None)


def test_pages_are_light(site):
    """First visit ≤ 40 KB with everything, later pages ≤ 10 KB; headers are counted as 1 KB an answer."""
    sizes = {}
    for visitor in VISITORS:
        crawl = site(visitor, "zh")
        for endpoint, page in crawl.pages:
            if page.tree is None:
                continue
            files = {e.get("href") or e.get("src") or "" for tag in ("link", "script", "img") for e in page.find_all(tag)}
            assets = {file for file in files if file.startswith("/assets/")}
            sizes |= {file: weight(crawl.client.http.get(file).data) for file in assets - set(sizes)}
            later = weight(page.html.encode())
            assert later <= 10 * 1024, f"{page.path} ({endpoint}) weighs {later}"
            assert later + sum(sizes[file] for file in assets) <= 40 * 1024, f"{page.path}: {sorted(assets)}"
            assert len(assets) <= 4, f"{page.path}: {sorted(assets)}"


def weight(body: bytes) -> int:
    """On its way, packed by brotli as in core/compression.py; what a real browser counts: tests/test_phones.py."""
    return len(brotli.compress(body, quality=4)) + 1024


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_axe_finds_nothing(site, demo_live, browser, visitor, lang):
    """Light and, for colours, dark; and nothing to scroll sideways at 320 px. Pages that everybody sees alike are looked at once;
    colours, which know no language, in one language."""
    paths = one_of_each(site, visitor, lang)
    findings = []
    with at_screen(browser, demo_live, lang=lang) as page:
        if visitor:
            sign_in(page, visitor, PASSWORD, lang)
        for path in paths:
            page.goto(path)
            findings += [f"{path} light: {finding}" for finding in axe_findings(page, colours=lang == "zh")]
            if lang == "zh":
                page.emulate_media(color_scheme="dark")
                findings += [f"{path} dark: {finding}" for finding in axe_findings(page, only=["color-contrast"])]
                page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 320, "height": 640})
            findings += [f"{path} at 320 px: {overflow(page)} px too wide"] if overflow(page) > 0 else []
            page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    assert findings == []


def one_of_each(site, visitor: str, lang: str) -> list[str]:
    """One address of each page that an earlier visitor has not seen yet; several of those that look different to everybody."""
    seen = set()
    for earlier in VISITORS[: VISITORS.index(visitor)]:
        seen |= {endpoint for endpoint, _page in site(earlier, lang).pages}
    found = {}
    for endpoint, page in site(visitor, lang).pages:
        if page.tree is not None and (endpoint not in seen or endpoint in SEVERAL_FACES):
            found.setdefault(endpoint, page.path)
    return list(found.values())


@pytest.mark.browser
def test_a_visit_takes_few_requests(demo_live, browser):
    """In the real browser, as it counts bytes itself: first visit ≤ 5 requests and 40 KB, the next page from the cache ≤ 10 KB."""
    with at_screen(browser, demo_live, lang="zh") as page:
        bytes_of, network = [], page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: bytes_of.append(event["encodedDataLength"]))
        page.goto("/zh/", wait_until="networkidle")
        assert len(bytes_of) <= 5
        assert sum(bytes_of) <= 40 * 1024
        bytes_of.clear()
        page.goto("/zh/eligibility", wait_until="networkidle")
        assert sum(bytes_of) <= 10 * 1024
