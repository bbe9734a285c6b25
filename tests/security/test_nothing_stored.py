"""A post without its token and a switch of the language store nothing, on every address; a page with a form shows what was typed."""

import sqlite3

import pytest

from score_web.core.db import db
from tests.security.garbage import Walk, views

pytestmark = pytest.mark.parametrize(
    "email", ["", "enterprise@example.com", "enterprise2@example.com", "trainer@example.com", "partner@example.com"]
)
ELSEWHERE = (302, 303, 401, 403, 404, 410)  # back to the record, to signing in, not theirs, a dead link


def dump(app) -> str:
    """Everything but who was shown whose data: a page that comes back with what was typed shows them too."""
    with app.app_context(), sqlite3.connect(db.engine.url.database) as file:
        return "\n".join(line for line in file.iterdump() if not line.startswith('INSERT INTO "receipt" '))


def posts(walk):
    return [rule for rule in views(walk.app) if "POST" in rule.methods]


def test_a_post_without_its_token_stores_nothing(demo_app, email):
    walk = Walk(demo_app, email)
    before = dump(demo_app)
    for rule in posts(walk):
        fields = dict.fromkeys(walk.fields(rule), "1")
        response = walk.ask("post", walk.path(rule), data={**fields, "csrf_token": "forged"})
        assert response.status_code in (*ELSEWHERE, 400), (rule.rule, response.status_code)
    assert dump(demo_app) == before


def test_switching_the_language_stores_nothing(demo_app, email):
    walk = Walk(demo_app, email)
    before = dump(demo_app)
    for rule in posts(walk):
        if "GET" in rule.methods:
            fields = dict.fromkeys(walk.fields(rule), "1")
            response = walk.ask("post", walk.path(rule), data={**fields, "switch_language": "1"})
            assert response.status_code in (*ELSEWHERE, 200, 400), (rule.rule, response.status_code)
    assert dump(demo_app) == before
