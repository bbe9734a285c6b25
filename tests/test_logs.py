"""Is a request known under one number in the log, the audit and the page that tells of a fault; is nothing in it people typed?"""

import io
import logging
import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from score_web.core import logs
from score_web.core.audit import AuditEvent
from score_web.core.db import db
from tests.factories import make_person

pytestmark = pytest.mark.own_app

ADDRESS, TYPED = "chen@example.com", "陈晓: my password is tiger"
KEY = "Q2hlbiBYaWFvIGlz-abcDEFghiJKLmnoPQRstuVWXyz1"


@pytest.fixture
def log():
    """What an operator would read."""
    stream = io.StringIO()
    handler = logs.handler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def broken(app):
    """A page that fails, as the server would show it."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail():
        db.session.execute(select(db.literal(1)))
        raise ValueError(TYPED)

    app.add_url_rule("/<lang>/broken", "broken", fail)


def test_the_number_on_the_page_stands_in_the_log(app, client, broken, log):
    page = client.get("/en/broken?search=%E9%99%88%E6%99%93", status=500)
    number = re.search(r"please say this number: ([0-9a-f]{10})", page.text)[1]
    assert f"ERROR score_web [{number}] a page failed" in log.getvalue()
    assert "test_logs.py" in log.getvalue() and "\nValueError\n" in log.getvalue(), "kind and place are told"
    assert TYPED not in log.getvalue()
    assert number not in client.get("/en/broken", status=500).text


def test_a_number_of_a_trusted_proxy_is_kept_if_it_is_plain(app, client, broken, log):
    theirs = {"X-Request-ID": "0a1b2c3d-4e5f-6789"}
    assert "0a1b2c3d-4e5f-6789" not in client.get("/en/broken", status=500, headers=theirs).text
    app.config["PROXY_HOPS"] = 1
    assert "0a1b2c3d-4e5f-6789" in client.get("/en/broken", status=500, headers=theirs).text
    assert "[0a1b2c3d-4e5f-6789] a page failed" in log.getvalue()
    for other in ("<b>bold</b>", "x" * 41, "short", "a b c d e f g", "陈晓陈晓陈晓陈晓"):
        assert other not in client.get("/en/broken", status=500, headers={"X-Request-ID": other}).html


def test_the_number_stands_in_the_audit(app, database, client):
    person = make_person()
    client.sign_in(person).post("/en/accounts/password", {"current": "correct-horse-9", "password": "eight-new-horses-9"})
    assert re.fullmatch(r"[0-9a-f]{10}", database.session.scalars(select(AuditEvent.request_id).order_by(AuditEvent.id.desc())).first())


def test_pages_for_nobody_have_no_number(app, client, log):
    with app.test_request_context("/en/pulse/some-token", headers={"X-Request-ID": "0a1b2c3d-4e5f"}):
        app.config["PROXY_HOPS"] = 1
        app.preprocess_request()
        logging.getLogger("score_web").error("a page for nobody failed")
        assert logs.number() == ""
    assert " [-] a page for nobody failed" in log.getvalue()


@pytest.mark.parametrize(("said", "kept"), [
    ("first\nERROR second\x1b[31m", "first\\x0aERROR second\\x1b[31m"),
    (f"GET /en/accounts/reset/{KEY}", "GET /en/accounts/reset/***"),
    ("Error handling request GET /zh/enrolment/queue?search=陈晓&tab=x done", "Error handling request GET /zh/enrolment/queue?*** done"),
    ("job audit-head failed; it is tried again in 1 day, 0:00:00", "job audit-head failed; it is tried again in 1 day, 0:00:00"),
    ("audit chain: position 8, head " + "0af" * 21, "audit chain: position 8, head " + "0af" * 21),
])
def test_a_line_is_one_line_without_keys_and_queries(app, log, said, kept):
    logging.getLogger("score_web.test").error(said)
    assert log.getvalue().endswith(f" [-] {kept}\n")


@pytest.mark.both_engines
def test_of_a_fault_of_the_database_no_value_is_told(app, database, log):
    make_person(email=ADDRESS)
    db.session.commit()
    for _ in range(2):
        try:
            make_person(email=ADDRESS)
        except IntegrityError:
            logging.getLogger("score_web").exception("a page failed")
            db.session.rollback()
    with pytest.raises(Exception) as caught:  # noqa: PT012 - whatever the engine makes of it
        db.session.execute(text("SELECT CAST(:typed AS json)->1"), {"typed": TYPED})
        raise RuntimeError(TYPED)
    logging.getLogger("score_web").error("odd", exc_info=caught.value)
    assert "IntegrityError" in log.getvalue()
    assert ADDRESS not in log.getvalue() and "tiger" not in log.getvalue()


def test_the_lines_of_the_server_are_dressed_too(app):
    server = logging.getLogger("gunicorn.error")
    server.addHandler(logging.StreamHandler(io.StringIO()))
    logs.init_app(type(app)("score_web"))
    assert isinstance(server.handlers[0].formatter, logs.Line)
    server.handlers.clear()
