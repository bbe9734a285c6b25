"""Does anything that people type reach the log or the audit? Every form is filled in and sent; then both are searched."""

import io
import logging

import pytest
from sqlalchemy import text

from score_web.core import logs
from score_web.core.db import db
from tests.client import HTML, Client
from tests.world import World

TYPED = "Tigerkatze 7"  # text, in an audit only among the words that may be erased
SECRET = "Geheimwort-77-x"  # passwords, codes, answers' notes: nowhere
TOKEN = "Q2hlbiBYaWFvIGlz-abcDEFghiJKLmnoPQRstuVWXyz1"
VALUES = {"email": "tigerkatze@example.com", "password": SECRET, "text": TYPED, "search": TYPED, "tel": "13800000007", "textarea": TYPED}
HIDDEN = ("tigerkatze", SECRET.lower(), TOKEN.lower())
VISITORS = ["anonymous", "own enterprise", "own partner"]
ENDINGS = ("sign-out", "/end", "end-others", "end-all", "/close", "erase", "erasure", "leave")  # what would send the visitor away


@pytest.fixture
def log():
    """Everything, down to the smallest."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("score_web")
    handler, levels = logs.handler(stream), (root.level, ours.level)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def filled(page, form) -> dict[str, str]:
    """As somebody would send it who writes into every field and takes the last of every choice."""
    sent = {}
    for field in form.iter():
        name, kind = field.get("name") if isinstance(field.tag, str) else None, field.get("type", "text")
        if not name or name in ("csrf_token", "switch_language"):
            continue
        if field.tag == f"{HTML}textarea":
            sent[name] = SECRET if "/assessment/" in page.path else TYPED
        elif field.tag == f"{HTML}select":
            sent[name] = [option.get("value", "") for option in field.iter(f"{HTML}option")][-1]
        elif field.tag in (f"{HTML}input", f"{HTML}button") and kind != "file":
            sent[name] = VALUES.get(kind, field.get("value", "")) if field.get("autocomplete") != "one-time-code" else "123456"
    return sent


def send_all(app, client, ids) -> int:
    """Every form of every page that this visitor may open."""
    sent = 0
    for rule in [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint not in ("asset", "static")]:
        path = app.url_map.bind("localhost").build(rule.endpoint, {name: ids.get(name, "x") for name in rule.arguments})
        page = client.get(f"{path}?search=Tigerkatze", status=None)
        forms = page.find_all("form", method="post") if page.tree is not None and page.status < 400 else []
        for form in forms:
            target = form.get("action") or path
            if not any(ending in target for ending in ENDINGS):
                client.token = page.csrf() or client.token
                client.post(target, filled(page, form), status=None)
                sent += 1
    return sent


@pytest.mark.parametrize("visitor", VISITORS)
def test_nothing_typed_is_in_the_log_or_the_audit(app, log, visitor):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        world = World()
        ids, person = world.ids | {"token": TOKEN}, world.people.get(visitor)
        client = Client(app).sign_in(person) if person else Client(app)
    assert send_all(app, client, ids) > (10 if person else 3)
    client.post("/en/accounts/sign-in", {"email": "tigerkatze@example.com", "password": SECRET}, status=None)
    logging.getLogger("score_web").error("the log is read here")
    assert "the log is read here" in log.getvalue()
    assert [line for line in log.getvalue().splitlines() if any(word in line.lower() for word in HIDDEN)] == []
    with app.app_context():
        tables = ("audit_event", "audit_words", "audit_seal")
        rows = {name: repr(db.session.execute(text(f"SELECT * FROM {name}")).all()) for name in tables}
    if person:
        assert "person.sign" in rows["audit_event"]
    assert "igerkatze" not in rows["audit_event"] + rows["audit_seal"]
    assert SECRET not in "".join(rows.values()) and TOKEN not in "".join(rows.values())
