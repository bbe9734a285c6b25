"""A person at a real browser: Debian's Chromium through Playwright, against the application on a free port."""

import atexit
import os
import shutil
import threading
from contextlib import contextmanager
from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

PHONE, DESKTOP, NARROW = (390, 844), (1280, 900), (320, 640)


class Quiet(WSGIRequestHandler):
    def log(self, *_args):
        pass


class LiveServer:
    """Serves an application in threads while the context is open; gives its address."""

    def __init__(self, app):
        self.server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_error):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@cache
def driver() -> Playwright:
    """One for the process, whatever browsers it starts: a second one does not start beside it."""
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright


@contextmanager
def chromium(**options):
    executable = shutil.which("chromium")
    assert executable, "Chromium is missing: apt-get install chromium libatomic1 fonts-wqy-microhei poppler-utils"
    browser = driver().chromium.launch(executable_path=executable, args=["--no-sandbox"] if os.geteuid() == 0 else [], **options)
    yield browser
    browser.close()


def _expected(line: str) -> bool:
    """A page that refuses, and a network that the test has cut, are no fault of the script."""
    return "status of 4" in line or "status of 503" in line or "ERR_INTERNET_DISCONNECTED" in line


@contextmanager
def at_screen(browser: Browser, live: str, size=DESKTOP, *, lang: str = "en", dark: bool = False, script: bool = True):
    """A fresh browser window. What its console complains of is a failure, at the latest when the window closes."""
    context = browser.new_context(
        base_url=live, viewport={"width": size[0], "height": size[1]}, locale="zh-CN" if lang == "zh" else "en-GB",
        color_scheme="dark" if dark else "light", java_script_enabled=script, reduced_motion="reduce", has_touch=size != DESKTOP,
    )
    page, complaints = context.new_page(), []
    page.set_default_timeout(45_000)  # ms, for a machine that is busy with other things
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" and not _expected(line.text) else None)
    yield page
    context.close()
    assert not complaints, complaints


def sign_in(page: Page, email: str, password: str = "correct-horse-9", lang: str = "en") -> None:
    page.goto(f"/{lang}/accounts/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/dashboard")


AXE = Axe()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_findings(page: Page, only: list[str] | None = None, colours: bool = True) -> list[str]:
    """What axe-core finds, one line each: rule, element. `only`: these rules, else all. It is put into a page once, and tells of
    violations alone: what is in order would be thousands of lines. Comparing colours takes it half of its time."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE.axe_script)
    options = {
        "runOnly": {"type": "rule" if only else "tag", "values": only or RULES}, "rules": {"color-contrast": {"enabled": colours}},
        "resultTypes": ["violations"], "preload": False,
    }
    violations = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [f"{v['id']}: {node['html'][:160]}" for v in violations for node in v["nodes"]]


def overflow(page: Page) -> int:
    """How many pixels one would have to scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
