"""Whatever comes in, by whomever: an answer in words, never a crash. Walks the map of addresses, so that new pages are tried too."""

import pytest

from tests.security.garbage import ABSURD_IDS, ABSURD_VALUES, ASKED, TYPED, VISITORS, Walk, views


@pytest.fixture(params=VISITORS, ids=lambda email: email.partition("@")[0] or "nobody")
def walk(demo_app, request):
    demo_app.config["PROPAGATE_EXCEPTIONS"] = False
    return Walk(demo_app, request.param)


def crashes(walk, tries) -> list[str]:
    return [
        f"{method} {path[:90]}…{path[-60:]} {what}"
        for method, path, what, options in tries
        if walk.ask(method, path, **options).status_code >= 500
    ]


def test_absurd_ids_and_queries_are_answered(walk):
    """Ids in every address; queries where lists and searches read them."""
    pages = [rule for rule in views(walk.app) if "GET" in rule.methods]
    lists = [rule for rule in pages if not [name for name in rule.arguments if name.endswith("_id")]]
    ids = [
        ("get", walk.path(rule, **{name: value}), "", {}) for rule in pages for name in rule.arguments - {"lang"} for value in ABSURD_IDS
    ]
    asked = [
        ("get", f"{walk.path(rule)}?{'&'.join(f'{name}={value}' for name in ASKED)}", "", {}) for rule in lists for value in ABSURD_VALUES
    ]
    plain = [("get", walk.path(rule), "", {}) for rule in pages]
    assert crashes(walk, plain + ids + asked) == []


def test_absurd_ids_in_posts_are_answered(walk):
    rules = [rule for rule in views(walk.app) if "POST" in rule.methods]
    tries = [
        ("post", walk.path(rule, **{name: value}), "", {"data": {}})
        for rule in rules
        for name in rule.arguments - {"lang"}
        for value in ABSURD_IDS
    ]
    assert crashes(walk, tries) == []


def test_garbage_in_every_field_is_answered(walk):
    for rule in [rule for rule in views(walk.app) if "POST" in rule.methods]:
        fields, path = walk.fields(rule), walk.path(rule)
        tries = [("post", path, what, {"data": dict.fromkeys(fields, values)}) for what, values in TYPED.items()]
        assert crashes(walk, tries) == []


def test_other_kinds_of_bodies_are_answered(walk):
    bodies = [
        {"json": {"csrf_token": "x", "email": ["x"], "password": {"a": 1}}},
        {"data": b"\xff\xfe=%FF&email=%ED%A0%80&a=%", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"a" * (2 * 1024 * 1024 + 1), "content_type": "application/x-www-form-urlencoded"},
        {"data": b"&".join(b"a=1" for _ in range(5000)), "content_type": "text/plain"},
        {"data": {}, "headers": {"Accept": "application/json"}},
    ]
    tries = [("post", walk.path(rule), str(body)[:60], body) for rule in views(walk.app) if "POST" in rule.methods for body in bodies]
    assert crashes(walk, tries) == []
