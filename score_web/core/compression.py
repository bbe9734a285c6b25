"""How do texts travel? Compressed, error pages too, in whatever the browser names.

Of what it offers equally, pages take zstd (a quarter of brotli's time for a twentieth more bytes, on every request) and files that
never change take brotli (the fewest bytes; each is packed once a process). What may be kept gets a tag, so that who has it already
is told so in a few bytes.

Compression tells by its length whether two parts of a page are alike. Who listens to the wire and can make a browser ask for a page
with words of his choice could so guess what else stands on it. Hence nothing is compressed that another site opened with a query
in the name of somebody who has a session.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
from backports import zstd
from flask import Flask, Response, current_app, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

TEXTS = frozenset({
    "text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml",
    "text/plain", "text/calendar", "text/csv", "application/xml", "application/manifest+json",
})  # fmt: skip
LEAST = 500  # bytes; below it the headers weigh more
EMPTY = frozenset({204, 205, 206, 304})  # without a body, or a part of one
# In the order in which they are taken when the browser has no preference.
PAGES: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, 3),
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
FILES: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "zstd": lambda body: zstd.compress(body, 12),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}


def init_app(app: Flask) -> None:
    """Called before others register theirs: what is registered first is done last."""
    app.after_request(_send)


def _send(response: Response) -> Response:
    if response.mimetype in TEXTS and response.status_code not in EMPTY and not response.is_streamed and not response.direct_passthrough:
        _pack(response)
    if "no-store" not in response.headers.get("Cache-Control", ""):
        response.add_etag()
        response.make_conditional(request)
    return response


def _pack(response: Response) -> None:
    response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Accept-Encoding")))
    lasting = "immutable" in response.headers.get("Cache-Control", "")
    way = chosen(request.headers.get("Accept-Encoding", ""), lasting)
    body = response.get_data()
    if way is None or len(body) < LEAST or "Content-Encoding" in response.headers or _may_be_a_probe():
        return
    response.set_data(_once(body, way) if lasting else PAGES[way](body))
    response.headers["Content-Encoding"] = way


@lru_cache(maxsize=256)
def chosen(offered: str, lasting: bool) -> str | None:
    """Of what the browser offers, what it likes best; None: as it is."""
    likes = dict(parse_accept_header(offered.lower(), Accept))
    best = max(FILES if lasting else PAGES, key=lambda way: likes.get(way, likes.get("*", 0)))
    liked = likes.get(best, likes.get("*", 0))
    return best if liked > 0 and liked >= likes.get("identity", 0) else None


@lru_cache(maxsize=64)
def _once(body: bytes, way: str) -> bytes:
    return FILES[way](body)


def _may_be_a_probe() -> bool:
    foreign = request.headers.get("Sec-Fetch-Site") == "cross-site"
    return foreign and bool(request.query_string) and current_app.config["SESSION_COOKIE_NAME"] in request.cookies
