"""PostgreSQL stores no NUL character: whoever types one hears so beside the field or it is left out, on both engines alike."""

import pytest

from score_web.accounts.models import Person
from score_web.core.db import db
from tests.world import World

pytestmark = pytest.mark.both_engines
TEXT = "a\0b\ufffe\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\0"

BY_NOBODY = [
    ("accounts/sign-in", {"email": "a\0@example.com", "password": "x\0y"}),
    ("accounts/forgot", {"email": "a\0@example.com"}),
    ("accounts/register", {"name": TEXT, "email": "n\0ul@example.com", "password": "four odd\0 words here 9", "agreed": "y"}),
]
BY_PARTNER = [
    ("enrolment/{enrolment_id}/review", {"decision": "reject", "reason": TEXT}),
    ("enrolment/{enrolment_id}/transfer", {"institution": "2", "reason": TEXT}),
    ("assessment/{assessment_round_id}/reopen", {"reason": TEXT}),
    ("booking/{booking_id}/cancel", {"reason": TEXT}),
    ("accounts/people/{person_id}/suspend", {"reason": TEXT}),
    ("accounts/people/invite", {"email": "n\0@example.com", "role": "trainer"}),
]
BY_ENTERPRISE = [
    ("accounts/profile", {"name": TEXT, "phone": "13800138000\0", "language": "zh\0"}),
    ("accounts/email", {"email": "x\0@example.com", "current": "correct-horse-9\0"}),
    ("enrolment/{enrolment_id}/step/1", {"name_zh": "企业\0", "products": TEXT, "code": "\0", "sector": "\0", "division_code": "\0"}),
    ("assessment/{assessment_round_id}/A", {"M1-A1": "2", "M1-A1.seal": "0-0", "M1-A1.note": TEXT}),
    ("booking/{booking_id}/cancel", {"reason": TEXT}),
]
BY_TRAINER = [
    ("trainers/profile", {"provinces": "330000", "languages": "zh", "weekdays": "1", "about": TEXT}),
    ("trainers/days", {"off": "\0", "was": "\0"}),
    ("booking/{booking_id}/complete", {"note": TEXT}),
]


@pytest.mark.parametrize(
    ("persona", "forms"),
    [("", BY_NOBODY), ("own partner", BY_PARTNER), ("own enterprise", BY_ENTERPRISE), ("trainer with mandate", BY_TRAINER)],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_nul_is_answered(client, database, persona, forms):
    world = World()
    if persona:
        client.sign_in(world.people[persona])
    for path, data in forms:
        for _again in range(2):  # with the version that the page shows, too
            page = client.post(f"/en/{path.format(**world.ids)}", data, status=None)
            assert page.status in (200, 303, 400, 409, 422, 429), (path, page.status)
            data = data | ({"version": page.value("version")} if page.tree is not None and page.value("version") else {})


def test_nul_in_addresses_is_answered(client, database):
    world = World()
    client.sign_in(world.people["own partner"])
    for path in (
        "accounts/people?q=a%00b&role=%00",
        "enrolment/queue?search=a%00b&sector=%00&flag=%00&after=%00",
        "trainers/?all=%00",
        "booking/?x=%00",
    ):
        client.get(f"/en/{path}")
    for path in ("accounts/reset/%00", "accounts/activate/a%00", "accounts/invitation/%00", "accounts/confirm-email/%00"):
        client.get(f"/en/{path}", status=410)
    assert db.session.scalar(db.select(db.func.count()).select_from(Person).where(Person.name.contains("\ufffe"))) == 0
