"""Takes the four pictures of docs/images anew, from a demo of its own: `make screenshots`."""

import re
import tempfile
from pathlib import Path

from score_web import create_app
from score_web.core.cli import prepare_database
from score_web.core.db import db
from score_web.demo.cli import PASSWORD
from score_web.demo.services import seed
from tests.screen import LiveServer, at_screen, chromium, sign_in

IMAGES = Path(__file__).with_name("images")
# picture, sign-in, language, size, dark, first page, link to follow from there or "press" for its first button
PICTURES = [
    ("results", "enterprise@example.com", "en", (1280, 960), False, "/assessment/", r"/assessment/\d+/results"),
    ("self-assessment", "enterprise2@example.com", "zh", (390, 844), False, "/assessment/", "press"),
    ("partner-dashboard", "partner@example.com", "zh", (1280, 960), True, "/dashboard", None),
    ("booking", "enterprise@example.com", "zh", (390, 844), True, "/booking/new?module=1", None),
]


def demo_app(folder: str, database: str = ""):
    app = create_app(SCORE_DATA_DIR=folder, DATABASE_URL=database, SCORE_ENV="demo")
    with app.app_context():
        prepare_database()
        seed()
        db.session.commit()
    return app


def take(browser, live, name, email, lang, size, dark, start, link) -> None:
    with at_screen(browser, live, size, lang=lang, dark=dark) as page:
        sign_in(page, email, PASSWORD, lang)
        page.goto(f"/{lang}{start}")
        if link == "press":
            page.locator("main form button").first.click()
            page.wait_for_load_state()
        elif link:
            page.goto(re.search(rf'"(/{lang}{link})"', page.content()).group(1))
        page.screenshot(path=IMAGES / f"{name}.png")
        print(f"{name}.png: {(IMAGES / f'{name}.png').stat().st_size // 1024} KB")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, LiveServer(demo_app(folder)) as live, chromium() as browser:
        for picture in PICTURES:
            take(browser, live, *picture)


if __name__ == "__main__":
    main()
