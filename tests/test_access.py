"""Does every page say who may open it, and every permission who holds it?"""

import re

import pytest

from score_web.access import Access
from score_web.permissions import POLICY, Permission
from tests.source import python_files

PLUMBING = {"asset", "favicon", "healthz", "root"}


@pytest.fixture
def views(app):
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules() if rule.endpoint not in PLUMBING]


def test_every_view_declares_access(views):
    assert [rule.endpoint for rule, view in views if not isinstance(getattr(view, "access", None), Access)] == []


def test_every_permission_has_a_policy():
    assert set(POLICY) == set(Permission)
    assert all(POLICY.values())


def test_every_permission_is_used():
    source = "".join(p.read_text("utf-8") for p in python_files() if p.name != "permissions.py")
    assert [p.name for p in Permission if not re.search(rf"Permission\.{p.name}\b", source)] == []


def test_records_in_addresses_are_checked(views):
    """An address that names a record says so by on=: else nobody would check whose it is."""
    for rule, view in views:
        if view.access.record:
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", view.access.record.__name__).lower()
            assert f"{name}_id" in rule.arguments, f"{rule}: on={view.access.record.__name__} but no {name}_id"
        else:
            assert not [a for a in rule.arguments if a.endswith("_id")], f"{rule} names a record that nobody checks"


def test_every_page_has_its_language_and_folder(views):
    for rule, _view in views:
        assert "lang" in rule.arguments, f"{rule} has no language"
        feature = rule.endpoint.split(".")[0]
        if feature != "pages":
            assert rule.rule.startswith(f"/<any(zh,en):lang>/{feature}") or rule.endpoint == "enrolment.eligibility", rule


def test_reads_and_writes_are_apart(views):
    """What changes something is a POST; nothing listens to PUT or DELETE."""
    for rule, _view in views:
        assert rule.methods <= {"GET", "HEAD", "POST", "OPTIONS"}, rule


def test_monitoring_and_dashboard_only_read():
    for path in python_files():
        if path.parent.name in ("monitoring", "dashboard"):
            text = path.read_text("utf-8")
            assert "session.add" not in text, path
            assert "services" not in re.findall(r"from score_web\.\w+ import (\w+)", text), path
