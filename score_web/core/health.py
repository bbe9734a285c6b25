"""Should more people be sent here? Not when the database does not answer, nor when this process has been told to stop. `/healthz`
says so within two seconds, whatever happens; it starts no session."""

import threading
from concurrent.futures import Future

from flask import Flask, current_app
from sqlalchemy import text

from score_web.core.db import db

PATIENCE = 1.5  # seconds


def healthz():
    """200 when the database answers in time, else 503; while the last forms are taken in before a stop, 503 too."""
    if current_app.extensions["score_stopping"]():
        return {"status": "draining"}, 503
    try:
        _asked(current_app._get_current_object()).result(PATIENCE)
    except Exception as error:
        current_app.logger.error("the database does not answer: %s", type(getattr(error, "orig", None) or error).__name__)
        return {"status": "down"}, 503
    return {"status": "ok"}


def _asked(app: Flask) -> Future:
    """One question at a time, in a thread of its own: whoever comes while it hangs waits for the same answer."""
    with app.extensions["score_health_lock"]:
        last = app.extensions.get("score_health")
        if last is None or last.done():
            last = app.extensions["score_health"] = Future()
            threading.Thread(target=_ask, args=(app, last), name="healthz", daemon=True).start()
        return last


def _ask(app: Flask, answer: Future) -> None:
    try:
        with app.app_context(), db.engine.connect().execution_options(read_only=True) as connection:
            one = connection.scalar(text("SELECT 1"))
        answer.set_result(one)  # the connection is given back by now
    except Exception as error:
        answer.set_exception(error)


def init_app(app: Flask) -> None:
    app.extensions["score_health_lock"] = threading.Lock()
    app.extensions["score_stopping"] = lambda: False  # core/serving.py knows better
    app.add_url_rule("/healthz", "healthz", healthz)
