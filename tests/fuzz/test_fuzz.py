"""Is whatever is sent answered in words, in its language, without a trace where it was refused? A short form of `make torture`."""

import pytest

from tests.fuzz.desk import Desk
from tests.fuzz.run import ask_again, ask_for

REQUESTS, SEED = 2000, 20261122
OF_EACH_KIND = ["", *(f"{name}@example.com" for name in ("enterprise", "enterprise2", "trainer", "partner", "national"))]
KNOWN = {
    ("accounts.sign_in", "password"), ("assessment.theme", "M1-A1"), ("assessment.theme", "M1-A1.note"), ("enrolment.step", "code"),
    ("enrolment.review", "decision"), ("trainers.days", "off"), ("assessment.evidence_add", "file"), ("pulse.answer", "M1-A1"),
    ("accounts.reset", "password"), ("accounts.people", "q"), ("accounts.sign_in", "next"), ("assessment.compare", "with"),
}  # fmt: skip - a form that is filled, one with files, one behind a link, a search, and parameters only the source names


@pytest.fixture
def desk(demo_app):
    return Desk(demo_app, OF_EACH_KIND)


@pytest.mark.timeout(900)
def test_two_thousand_requests_do_no_harm(desk):
    surface = desk.surface
    targets = [target for visitor in OF_EACH_KIND for target in surface.targets[visitor]]
    rules = {(method, rule.endpoint) for rule in desk.app.url_map.iter_rules() for method in {"GET", "POST"} & rule.methods}
    assert {(target.method, target.endpoint) for target in targets} == rules
    assert KNOWN - {(target.endpoint, name) for target in targets for name in target.fields} == set()
    ask_again(desk)
    ask_for(desk, REQUESTS, SEED)
    assert desk.asked >= REQUESTS
    assert min(desk.statuses.get(status, 0) for status in (200, 303, 400, 404)) > 20, f"asked too one-sidedly: {desk.statuses}"
