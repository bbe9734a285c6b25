"""Where does what people typed come out? One string that is a formula, a header, a tag, a template and a line of a log stands in
every text column there is, and every kind of output is looked at: pages, files, calendars, mails, headers."""

import io
import json
import re
import zipfile
from email import message_from_bytes, policy

import pytest
from sqlalchemy import String, Text

from score_web.core import mail
from score_web.core.db import Base, db
from score_web.core.logs import plain
from tests.client import Client
from tests.headers import header_faults
from tests.test_access import PLUMBING
from tests.world import World

EVIL = "=cmd|' /C calc'!A0\r\nX-Evil: 1\u2028\u202egpj.exe\"'><script>alert(1)</script>{{7*7}}%s😀\x1b[31m"
READERS = ["own enterprise", "own partner", "trainer with mandate"]
# Columns whose words are ours: addresses, codes, states, keys.
OURS = re.compile(
    "email|^address|language|path|state|scope|code|edition|token|hash|key|kind|role|purpose|subject|^body|media_type|statement|"
    "because|uid|mode|version|document|action|record|before|after|request_id|table|sector|modules"
)


def typed_columns():
    """Text columns that people fill, by introspection."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            long_enough = isinstance(column.type, Text) or (isinstance(column.type, String) and (column.type.length or 0) >= 40)
            if long_enough and not OURS.search(column.name) and not column.foreign_keys:
                yield table, column


@pytest.fixture
def world(app, database):
    world = World()
    cookies, ids = world.cookies(app), world.ids
    client = Client(app).sign_in(world.people["own enterprise"])
    client.get("/en/accounts/profile")
    for table, column in typed_columns():
        db.session.execute(table.update().values({column.name: EVIL}))
    db.session.commit()
    return cookies, ids, client


def answers(app, cookies, ids):
    """Everything that anybody concerned may open."""
    for persona in READERS:
        visitor = app.test_client(use_cookies=False)
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint not in PLUMBING:
                path = app.url_map.bind("localhost").build(rule.endpoint, {name: ids[name] for name in rule.arguments})
                with app.app_context():
                    response = visitor.get(path, headers={"Cookie": f"score={cookies[persona]}"})
                    content = response.get_data()
                    response.close()
                if response.status_code == 200:
                    yield path, response, content


def faults_of(path: str, response, content: bytes):
    yield from header_faults(response, path)
    if "X-Evil" in response.headers or not all(value.isprintable() for value in response.headers.values()):
        yield f"{path}: {response.headers}"
    looks = LOOKS.get(response.mimetype.rpartition("/")[2].rpartition(".")[2])
    if looks and not looks(content):
        yield f"{path}: {response.mimetype}"


def in_page(content: bytes) -> bool:
    return b"<script>alert" not in content and b"{{49}}" not in content


def in_json(content: bytes) -> bool:
    return isinstance(json.loads(content), dict | list)


def in_workbook(content: bytes) -> bool:
    """Not one formula, not one link."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    return not any(b"<f>" in part or b"<f " in part or b"hyperlink" in part for part in parts)


def in_zip(content: bytes) -> bool:
    """Names that no system takes for a folder, a line or another ending."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return all(name.isprintable() and "\u202e" not in name and not re.search(r'\.\.|[\\:*?"<>|]', name) for name in packed.namelist())


def in_calendar(content: bytes) -> bool:
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    return not any(line.upper().startswith("X-EVIL") or "\n" in line or "\r" in line for line in lines)


LOOKS = {"html": in_page, "json": in_json, "sheet": in_workbook, "zip": in_zip, "calendar": in_calendar}


def test_what_was_typed_stays_text_in_pages_files_and_headers(app, world):
    seen, faults = set(), []
    for path, response, content in answers(app, *world[:2]):
        seen.add(response.mimetype.rpartition("/")[2].rpartition(".")[2])
        faults += faults_of(path, response, content)
    assert faults == []
    assert {"html", "sheet", "pdf", "calendar", "zip", "jpeg"} <= seen


def test_what_was_typed_stays_text_in_mails_and_in_the_log(app, world, monkeypatch):
    """A subject of one line; nothing that a name may hold keeps a mail, or those behind it, from going out."""
    _cookies, ids, client = world
    sent = []
    monkeypatch.setattr(mail, "_hand_over", lambda letter, line: sent.append((letter.as_bytes(policy=policy.SMTP), line)))
    path, form = f"/en/booking/{ids['booking_id']}/cancel", {"reason": "Fire", "csrf_token": client.token}
    with app.app_context():
        db.session.execute(db.delete(mail.Message))
        db.session.commit()
        assert client.http.post(path, data=form).status_code == 303
    with app.app_context():
        mail.deliver()
    letters = [message_from_bytes(letter, policy=policy.default) for letter, _line in sent]
    assert any("/C calc" in read["Subject"] for read in letters), "no name got into a subject: nothing was tried"
    for read, (_letter, line) in zip(letters, sent, strict=True):
        assert "X-Evil" not in read and read["Subject"].isprintable() and "\u202e" not in read["Subject"]
        assert not re.search(r"[\r\n\x1b\u2028]", plain(line))


def test_a_very_long_line_costs_the_log_little():
    assert len(plain("a/" * 10**6)) <= 2000
