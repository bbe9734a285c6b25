"""Do texts travel small: every kind, in every way a browser may name, errors too, and nothing that a listener could guess from?"""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
import time_machine
from backports import zstd

from score_web.core import compression, web
from tests.factories import make_enterprise, make_person

pytestmark = pytest.mark.own_app

UNPACK = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress, None: lambda body: body}
STATIC = Path(web.__file__).parents[1] / "static"


def get(app, path: str, offered: str = "gzip, deflate, br, zstd", **headers):
    return app.test_client().get(path, headers={"Accept-Encoding": offered} | headers)


def style(app) -> str:
    with app.test_request_context():
        return web.asset("score.css")


@pytest.mark.parametrize(("offered", "page", "file"), [
    ("gzip, deflate, br, zstd", "zstd", "br"),
    ("gzip, deflate, br", "br", "br"),
    ("gzip, deflate", "gzip", "gzip"),
    ("GZIP;q=0.5", "gzip", "gzip"),
    ("br;q=0.2, gzip;q=0.9, zstd;q=0", "gzip", "gzip"),
    ("*", "zstd", "br"),
    ("zstd;q=0, *", "br", "br"),
    ("identity;q=1, gzip;q=0.4", None, None),
    ("deflate", None, None),
    ("gzip;q=0", None, None),
    ("", None, None),
])  # fmt: skip
def test_what_the_browser_likes_best(app, offered, page, file):
    for path, way in (("/zh/help", page), (style(app), file)):
        response = get(app, path, offered)
        assert response.headers.get("Content-Encoding") == way
        assert "Accept-Encoding" in response.headers["Vary"]
        assert UNPACK[way](response.data) == get(app, path, "").data
        assert int(response.headers["Content-Length"]) == len(response.data)


@pytest.mark.parametrize(("path", "status", "media"), [
    ("/zh/no-such-page", 404, "text/html"),
    ("/zh/dashboard", 303, "text/html"),
    ("/en/accounts/sign-in", 200, "text/html"),
    ("/zh/modules/9", 404, "text/html"),
])  # fmt: skip
def test_every_text_whatever_its_status(app, path, status, media):
    response = get(app, path)
    assert (response.status_code, response.mimetype) == (status, media)
    assert response.headers.get("Content-Encoding") == (None if status == 303 else "zstd")


@pytest.mark.parametrize("media", sorted(compression.TEXTS))
def test_every_kind_of_text(app, media):
    app.add_url_rule("/text", view_func=lambda: app.response_class("文字" * 400, mimetype=media))
    assert zstd.decompress(get(app, "/text").data).decode() == "文字" * 400


@pytest.mark.parametrize(("body", "media"), [("x" * 499, "text/html"), ("x" * 5000, "image/jpeg"), ("x" * 5000, "application/pdf")])
def test_small_and_packed_things_stay_as_they_are(app, body, media):
    app.add_url_rule("/thing", view_func=lambda: app.response_class(body, mimetype=media))
    response = get(app, "/thing")
    assert "Content-Encoding" not in response.headers
    assert response.data == body.encode()


def test_what_may_be_kept_is_not_sent_twice(app):
    """Files never, nor pages that are the same for everybody; in each way of packing under a tag of its own."""
    for path in (style(app), "/zh/", "/zh/help", "/en/modules/1"):
        tags = {get(app, path, offered).headers["ETag"] for offered in ("zstd", "br", "gzip", "")}
        assert len(tags) == 4
        again = get(app, path, "zstd", **{"If-None-Match": get(app, path, "zstd").headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert get(app, path, "gzip", **{"If-None-Match": get(app, path, "zstd").headers["ETag"]}).status_code == 200


def test_only_pages_that_everybody_sees_alike_may_be_kept(app, client, database):
    """What may be kept comes back at once by the Back button, also after signing out."""
    enterprise = make_enterprise()[1]
    database.session.commit()
    for path in ("/zh/", "/zh/help", "/zh/modules/", "/zh/modules/1"):
        assert get(app, path).headers["Cache-Control"] == "private, no-cache"
    for path in ("/zh/accounts/sign-in", "/zh/eligibility", "/zh/accounts/register", "/zh/assessment/try/A", "/zh/no-such-page"):
        assert get(app, path).headers["Cache-Control"] == "no-store", path
    visitor = client.sign_in(enterprise)
    for path in ("/zh/", "/zh/help", "/zh/modules/1", "/zh/dashboard"):
        assert visitor.get(path).response.headers["Cache-Control"] == "no-store", path


def test_a_message_is_shown_once(app):
    """Who was just signed out reads so on the home page: that page is not kept."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_flashes"] = [("ok", "You are signed out.")]
    told = client.get("/en/")
    assert "You are signed out." in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert client.get("/en/").headers["Cache-Control"] == "private, no-cache"


def test_the_file_of_another_release_is_not_kept_under_its_address(app):
    other = get(app, style(app).replace(style(app).split("/")[2], "0" * 12), "")
    assert (other.status_code, other.headers["Cache-Control"]) == (200, "no-cache")
    assert "immutable" in get(app, style(app)).headers["Cache-Control"]


def test_nobody_can_guess_what_stands_on_a_page_by_its_length(client, database):
    """Another site opens a page with words of its own in the name of somebody signed in: it comes as it is."""
    client.sign_in(make_person())
    foreign = {"Accept-Encoding": "br", "Sec-Fetch-Site": "cross-site"}

    def packed(path, **headers):
        return client.http.get(path, headers=foreign | headers).headers.get("Content-Encoding")

    assert packed("/en/accounts/profile?next=csrf_token") is None
    assert packed("/en/accounts/profile") == "br"
    assert packed("/en/accounts/profile?next=x", **{"Sec-Fetch-Site": "same-origin"}) == "br"


def test_the_token_of_a_form_is_no_prey_of_compression(client, app):
    """Its signature is new every second, and no other site's request carries the cookie: what was guessed of one is worth nothing."""
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    client.get("/en/accounts/sign-in")
    first = client.token
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        client.get("/en/accounts/sign-in")
    assert client.token.rpartition(".")[2] != first.rpartition(".")[2]


def test_styles_and_scripts_are_small():
    """CSS ≤ 15 KB and all scripts together ≤ 8 KB, in the way that packs least."""
    sizes = {file.name: len(compression.FILES["gzip"](file.read_bytes())) for file in STATIC.iterdir()}
    assert sizes["score.css"] <= 15 * 1024
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= 8 * 1024
