"""What does an answer allow a browser? Every address, read and written, by somebody and by nobody, as production sends it over https."""

import shutil
import sqlite3

import pytest

from score_web.core import headers
from score_web.core.db import db
from tests.conftest import build
from tests.headers import ALWAYS, header_faults
from tests.test_access import PLUMBING
from tests.world import World

ENDING = {"accounts.sign_out", "accounts.end_all_devices"}
HOST = "https://score.example.org"


@pytest.fixture
def production(sqlite_template, tmp_path):
    """As operated: behind https, its database marked so."""
    shutil.copy(sqlite_template, tmp_path / "live.db")
    with sqlite3.connect(tmp_path / "live.db") as file:
        file.execute("UPDATE installation SET mode = 'production'")
    app = build(f"sqlite:///{tmp_path / 'live.db'}", tmp_path, SCORE_ENV="production", PREFERRED_URL_SCHEME="https", BASE_URL=HOST,
                SECOND_FACTOR="none")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(production):
    """`ids` of records, `cookies` of persons; no token is asked for, so that POSTs reach their pages."""
    production.config["WTF_CSRF_METHODS"] = set()
    with production.app_context():
        world = World()
        return world.ids | {"token": world.survey.token}, world.cookies(production)


def answers(app, ids: dict, cookie: str):
    """Every address but those that would end the visit."""
    visitor = app.test_client()
    if cookie:
        visitor.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie, domain="localhost")
    for rule in app.url_map.iter_rules():
        values = {name: ids[name] for name in rule.arguments} if rule.endpoint not in PLUMBING | ENDING else None
        for method in {"GET", "POST", "HEAD", "OPTIONS"} & rule.methods if values is not None else ():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            with app.app_context():
                response = visitor.open(path, method=method)
                response.close()
            yield response, path


@pytest.mark.parametrize("persona", ["anonymous", "own enterprise", "own partner"])
def test_every_answer_of_production_is_closed(production, world, persona):
    ids, cookies = world
    private = persona.startswith("own")
    faults = [fault for response, path in answers(production, ids, cookies[persona])
              for fault in header_faults(response, path, private=private and "/pulse/own-survey" not in path, production=True)]
    assert faults == []


def test_what_is_no_page_is_closed_too(production):
    """Errors, files of ours, what browsers ask for by themselves, and a page that crashed."""
    visitor = production.test_client()
    production.add_url_rule("/en/crash", "crash", lambda: 1 / 0)
    asset = visitor.get("/favicon.ico").location
    for path, status in (("/", 302), ("/favicon.ico", 302), (asset, 200), ("/healthz", 200), ("/nowhere", 404), ("/en/modules/9", 404),
                         ("/assets/x/../../config.py", 404), ("/en/crash", 500), ("/en//", 308)):  # fmt: skip
        response = visitor.get(path)
        assert (response.status_code, header_faults(response, path, production=True)) == (status, []), path
    too_long = visitor.post("/en/accounts/sign-in", data=b"x" * (3 * 1024 * 1024), content_type="application/x-www-form-urlencoded")
    assert header_faults(too_long, "too long", production=True) == []
    assert visitor.get(asset).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_policy_is_the_one_of_the_design():
    """Nothing inline, no nonces; what no page of ours needs is switched off."""
    assert {name: value.replace("; manifest-src 'self'", "") for name, value in headers.HEADERS.items()
            if name in ALWAYS} | {"Content-Security-Policy": ALWAYS["Content-Security-Policy"]} == ALWAYS
    assert headers.POLICY.removesuffix("; manifest-src 'self'") == ALWAYS["Content-Security-Policy"].removesuffix("; manifest-src 'self'")
    assert "unsafe" not in headers.POLICY and "nonce" not in headers.POLICY and "*" not in headers.POLICY


def test_cookies_are_written_in_one_place():
    """There they get their name, and nobody forgets `HttpOnly`."""
    from tests.source import python_files

    assert [path.name for path in python_files() if "set_cookie(" in path.read_text("utf-8")] == ["cookies.py"]


def test_a_browser_that_hides_where_it_comes_from_may_write(production, world):
    """The token and the cookie of this very host say enough; some browsers send no Referer at all."""
    production.config["WTF_CSRF_METHODS"] = {"POST"}
    visitor = production.test_client()
    page = visitor.get("/en/accounts/forgot")
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    assert visitor.post("/en/accounts/forgot", data={"email": "a@example.com", "csrf_token": token}).status_code == 303
    assert visitor.post("/en/accounts/forgot", data={"email": "a@example.com"}).status_code == 400
