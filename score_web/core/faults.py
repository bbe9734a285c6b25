"""Does it pass by itself? The database or the disk is away, full, busy or may not be written: 503 and a clear page.

Nothing was stored then, with one exception that is said: when the connection breaks during COMMIT nobody knows. The page asks the
database nothing; it carries what was typed, so that one button sends it again once the fault is over. Nothing needs a restart:
broken connections are thrown away, the next request gets a new one.
"""

import errno
import sqlite3

from flask import Response, current_app, g, has_app_context, jsonify, make_response, render_template, request, url_for
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from score_web.core import held
from score_web.core.db import db
from score_web.core.i18n import LANGUAGES, preferred, say
from score_web.core.words import N_, Sentence

KINDS = (DBAPIError, NoConnection, OSError)  # `passes` tells which of them pass
RETRY_AFTER = 30  # seconds
SQLITE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip
POSTGRESQL = ("08", "25006", "40", "53", "55P03", "57", "58")  # connection, read-only, dead end, resources, lock, shutdown, disk
DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM,
}  # fmt: skip

NOT_STORED = Sentence(N_("This is not stored: nothing can be stored just now. Wait half a minute, then press the button once more."))
UNCERTAIN = Sentence(
    N_(
        "The connection to the database broke while this was being stored: nobody knows whether it is stored. "
        "Look where it stands before you send it again."
    )
)


def passes(error: Exception) -> bool:
    """Waiting helps, or somebody who repairs something; a mistake of ours does not pass."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _of_database(error.orig)
    return isinstance(error, NoConnection) or (isinstance(error, OSError) and error.errno in DISK)


def _of_database(original) -> bool:
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in SQLITE
    state = getattr(original, "sqlstate", None)
    return state.startswith(POSTGRESQL) if state else type(original).__name__ in ("OperationalError", "InterfaceError")


def end_transaction() -> None:
    """Roll back; where even that fails the connection is thrown away."""
    try:
        db.session.rollback()
    except KINDS:
        db.session.invalidate()


def is_uncertain(error: Exception) -> bool:
    return g.get("committing", False) and getattr(error, "connection_invalidated", False)


def same_page(view, arguments) -> Response | None:
    """Reading often works while storing does not: then the page comes back with what was typed. None where it cannot."""
    if request.method != "POST" or "GET" not in request.url_rule.methods or wants_json():
        return None
    g.read_only, g.refused, g.try_again = True, NOT_STORED, True
    try:
        response = make_response(view(**arguments()))
    except Exception:  # whatever else does not work now is told in the same way
        response = None
    g.refused = None
    end_transaction()
    if response is None or response.status_code != 200:
        return None
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def page(error: Exception) -> Response:
    """Says what happened and carries what was typed; a script gets JSON and keeps it."""
    g.crashed = True  # nothing on the page asks the database
    if not g.get("lang"):
        first = request.path.split("/")[1:2]
        g.lang = first[0] if first and first[0] in LANGUAGES else preferred()
    end_transaction()
    uncertain, wrote = is_uncertain(error), request.method not in ("GET", "HEAD")
    if wants_json():
        response = jsonify(error=say(UNCERTAIN if uncertain else NOT_STORED))
    else:
        sent = held.of_request() if wrote else None
        here = request.full_path.removesuffix("?") if request.url_rule else url_for("pages.home")
        response = make_response(render_template("errors/unavailable.html", sent=sent, here=here, uncertain=uncertain, wrote=wrote))
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def note(error: Exception) -> None:
    """For whoever repairs it: what kind, and the database's own words without the values of the statement."""
    words = str(getattr(error, "orig", None) or error).partition("\n")[0]
    current_app.logger.error("nothing can be stored or read: %s: %s", type(getattr(error, "orig", None) or error).__name__, words)


def wants_json() -> bool:
    """A script of ours asks: it names nothing else."""
    return request.headers.get("Accept") == "application/json"


def _committing(_session) -> None:
    if has_app_context():
        g.committing = True


event.listen(db.session, "before_commit", _committing)
