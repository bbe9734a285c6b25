"""Does the answering side know nobody? Somebody answers on a phone that is signed in; then everything that is kept is searched."""

import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select

from score_web.core import clock
from score_web.core.db import db
from score_web.pulse.models import WaitingAnswer
from tests.asked import asked
from tests.client import Client
from tests.pulse.arrange import a_survey, an_hour_later, answer
from tests.torture import Server

pytestmark = pytest.mark.both_engines
ADDRESS = "203.0.113.77"
BEFORE = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)  # when all else happened: the time of day of no test run reads like the moment
MOMENT = datetime(2026, 11, 22, 9, 47, 13, 123456, tzinfo=UTC)
PHONE = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0 Phone-of-Wang"}}


def everything_kept() -> str:
    """Every value of every table."""
    return "\n".join(
        f"{table.name}: {' | '.join(map(str, row))}" for table in db.metadata.sorted_tables for row in db.session.execute(select(table))
    )


def test_a_signed_in_phone_is_nobody(app, database, caplog, capfd):
    with clock.at(BEFORE):
        scene = a_survey()
        client = Client(app).sign_in(scene.head)
    before = everything_kept()
    cookie = client.http.get_cookie("score").value
    client.token = ""
    caplog.set_level(logging.DEBUG)
    with clock.at(MOMENT), asked(db.engine) as statements:
        page = client.get(scene.path, **PHONE)
        sent = client.post(scene.path, {"key": page.value("key"), **scene.all("2")}, **PHONE)
        thanks = client.get(sent.location, **PHONE)

    assert page.response.headers.getlist("Set-Cookie") == []
    kept = sent.response.headers.getlist("Set-Cookie")
    assert [mark.split("; ")[0] for mark in kept] == ["answered=1", "answered=1"]
    assert {re.search("Path=([^;]*)", mark)[1] for mark in kept} == {scene.path, scene.path.replace("/zh/", "/en/")}
    assert thanks.response.headers.getlist("Set-Cookie") == []
    assert client.http.get_cookie("score").value == cookie

    told = " ".join(statements)
    assert [name for name in ("person", "sign_in", "membership", "mandate", "message", "audit_event") if f"FROM {name}" in told] == []
    assert scene.head.name not in page.text

    after = everything_kept()
    for trace in (ADDRESS, "Phone-of-Wang", "MicroMessenger", "47:13", "09:47", "17:47", "123456", str(MOMENT.timestamp())[:10]):
        assert trace not in after, trace
    new = set(after.splitlines()) - set(before.splitlines())
    assert {line.partition(":")[0] for line in new} == {"pulse_waiting_answer", "pulse_survey"}

    logged = caplog.text + "".join(capfd.readouterr())
    assert ADDRESS not in logged
    assert scene.survey.token not in logged


def test_an_answer_keeps_neither_order_nor_time(database):
    """A random number, the survey, what was said, and nothing that counts up."""
    assert [column.name for column in WaitingAnswer.__table__.columns] == ["id", "survey_id", "said"]
    if db.engine.dialect.name == "sqlite":
        with pytest.raises(Exception, match="rowid"):
            db.session.execute(db.text("SELECT rowid FROM pulse_waiting_answer"))


def test_wrong_links_lead_nowhere_and_ask_nobody(app, database):
    scene = a_survey()
    client = Client(app).sign_in(scene.head)
    with asked(db.engine) as statements:
        for token in ("no-such-token", "x%00y", "长", scene.survey.token.lower() + "x" * 30):
            page = client.get(f"/zh/pulse/{token}", status=404)
            assert page.response.headers.getlist("Set-Cookie") == []
    assert "person" not in " ".join(statements)


def test_a_crash_tells_nobody_what_was_answered(app, database, caplog, monkeypatch):
    scene = a_survey()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("score_web.pulse.services.take_answer", lambda *_a, **_k: 1 / 0)
    answer(app, scene, scene.all("3"), status=500)
    assert "ZeroDivisionError" in caplog.text
    assert "Traceback" not in caplog.text
    assert scene.ids[0] not in caplog.text


def test_erased_answers_are_overwritten_in_the_file(app, database):
    """SQLite's secure_delete and an emptied log; what PostgreSQL does is in docs/architecture.md."""
    if db.engine.dialect.name != "sqlite":
        return
    scene = a_survey()
    keys = [f"{n:032x}".replace("0", "e") for n in range(1, 7)]
    for key in keys:
        answer(app, scene, {"key": key, **scene.all("1")})
    db.session.commit()
    files = [Path(app.config["SCORE_DATA_DIR"], name) for name in ("test.db", "test.db-wal")]
    assert any(keys[0].encode() in file.read_bytes() for file in files if file.exists())
    assert "pulse" in an_hour_later()
    db.session.remove()
    for file in files:
        assert not file.exists() or not [key for key in keys if key.encode() in file.read_bytes()], file


def test_the_real_server_writes_no_line_about_an_answer(app, database):
    """As `make run` starts it: what it says and everything it keeps."""
    if db.engine.dialect.name != "sqlite":
        return
    scene = a_survey()
    path, said = scene.path, scene.all("3")
    db.session.commit()
    server = Server(app, hurry=True)
    server.start()
    try:
        sent = Request(server.address + path, urlencode(said).encode(), {"User-Agent": "Phone-of-Wang"})
        with urlopen(sent, timeout=60) as answered:
            assert "谢谢" in answered.read().decode()
    finally:
        server.kill()
    said_by_server = server.log()
    assert scene.survey.token not in said_by_server
    assert said_by_server.count("127.0.0.1") == 1, "where it listens, and nothing else"
    assert "Phone-of-Wang" not in said_by_server
    db.session.rollback()
    kept = everything_kept()
    assert kept.count("pulse_waiting_answer: ") == 1
    assert "127.0.0.1" not in kept
    assert "Phone-of-Wang" not in kept
