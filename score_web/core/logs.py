"""What goes into the log, and under which number is a request known there, in the audit and on the page that tells of a fault?

A line says when, how bad, where, in which request, and what happened in words of ours. What people typed does not get in: of an
exception only its kind and the place in our code are told, for its text may quote a password or an answer; addresses lose their
query and one-time keys. Pages for nobody (`@anonymous`) have no number: nothing may tie an answer to a line of a log.
"""

import logging
import re
import secrets
import traceback

from flask import Flask, current_app, g, has_request_context, request
from flask.logging import wsgi_errors_stream

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
PLAIN = re.compile(r"[A-Za-z0-9-]{8,40}")
QUERY = re.compile(r"(?<=/)([^\s?]*)\?\S+|^\?\S+")
KEY = re.compile(r"(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,}", re.ASCII)
CONTROL = {number: f"\\x{number:02x}" for number in (*range(32), 127, *range(128, 160))} | {0x2028: "\\u2028", 0x2029: "\\u2029"}
LONGEST = 2000
OURS = (AttributeError, ImportError, NameError, NotImplementedError)  # their texts are about the code, not about what came in


class Line(logging.Formatter):
    """One line per message; a traceback follows without the texts of its exceptions."""

    def __init__(self):
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = number() or "-"
        record.exc_text = None  # another handler may have kept a longer one
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = plain(record.message)
        return super().formatMessage(record)

    def formatException(self, info) -> str:
        return "\n".join(_frames(info[1]))


def plain(words: str) -> str:
    """Without line breaks and other control characters, one-time keys, and what stands behind a question mark in an address; cut, since
    looking for those in a very long line would take as long as its length squared."""
    return KEY.sub("***", QUERY.sub(r"\1?***", words[:LONGEST].translate(CONTROL)))


def _frames(error: BaseException | None) -> list[str]:
    lines, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines = [
            *(f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}" for frame in traceback.extract_tb(error.__traceback__)),
            f"{type(error).__name__}{f': {plain(str(error))}' if isinstance(error, OURS) else ''}",
            *lines,
        ]
        error = error.__cause__ or error.__context__
    return lines


def number() -> str:
    """Of this request; empty outside of requests and on pages for nobody."""
    return g.get("request_id", "") if has_request_context() else ""


def _give_number() -> None:
    """One that a trusted proxy gave stands in its log too."""
    if g.get("nobody"):
        return
    given = request.headers.get("X-Request-ID", "") if current_app.config["PROXY_HOPS"] else ""
    g.request_id = given if PLAIN.fullmatch(given) else secrets.token_hex(5)


def handler(stream=wsgi_errors_stream) -> logging.Handler:
    lines = logging.StreamHandler(stream)
    lines.setFormatter(Line())
    return lines


def init_app(app: Flask) -> None:
    """One handler for everything; the one of the server, which has its own, gets the same lines."""
    app.before_request(_give_number)
    logging.getLogger("score_web.audit").setLevel(logging.INFO)
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(handler())
    for other in logging.getLogger("gunicorn.error").handlers:
        other.setFormatter(Line())
