"""Do events of earlier releases lose the names and keep everything else, up and down?"""

import json

import pytest
from sqlalchemy import text

from score_web.core import audit, chain, inspection
from score_web.core.db import db
from score_web.core.migrations import downgrade, upgrade
from score_web.enrolment import queries
from score_web.enrolment.models import Enrolment
from score_web.permissions import Role
from tests.factories import add_membership, make_enterprise, make_institution, make_person

pytestmark = pytest.mark.both_engines
BEFORE = [
    ("enrolment.return", "enrolment", {
        "reason": "人数不对", "before": "submitted", "after": "returned", "institution": 1, "institution_zh": "宁波机构",
        "institution_en": "", "remarks": {"code": "看不清"}}),
    ("organisation.member_removed", "organisation", {"person": "陈晓", "role": "enterprise"}),
    ("organisation.changed", "organisation", {"before": {"scope": "51"}, "after": {"scope": "51,5000"}}),
    ("assessment_round.verify", "assessment_round", {"ratings": {
        "M1-A1": {"before": {"value": 2, "note": "hall 3"}, "after": {"value": 1, "note": "hall 4"}},
        "M1-A2": {"before": {"value": None, "note": ""}, "after": {"value": 0, "note": ""}}}}),
    ("pulse_survey.set_last_day", "pulse_survey", {"before": "2026-11-01", "after": "2026-11-09"}),
]
INSERT = text("INSERT INTO audit_event (at, by_id, by_name, action, record_type, record_id, data) "
              "VALUES ('2026-03-01 04:00:00', :by, '周敏', :action, :kind, :record, :data)")


@pytest.fixture
def carried(database):
    institution, partner = make_institution("宁波机构")
    enterprise, _manager = make_enterprise(institution=institution)
    member = make_person("陈晓")
    add_membership(member, enterprise, Role.ENTERPRISE)
    db.session.commit()
    ids = {"enrolment": db.session.query(Enrolment).one().id, "organisation": enterprise.id}
    found = partner.id, enterprise.id, institution.id, member.id
    db.session.remove()
    downgrade(revision="0003")
    for action, kind, data in BEFORE:
        db.session.execute(INSERT, {"by": found[0], "action": action, "kind": kind, "record": ids.get(kind, 1), "data": json.dumps(data)})
    db.session.commit()
    upgrade()
    return found


def test_names_go_words_lie_beside_and_all_wait_for_their_seal(carried):
    partner_id, enterprise_id, institution_id, member_id = carried
    rows = db.session.execute(text("SELECT * FROM audit_event ORDER BY id")).all()
    assert not any(word in repr(rows) for word in ("周敏", "陈晓", "人数", "hall", "宁波"))
    found = {row.action: row for row in audit.happened(audit.events())}
    assert all(audit.is_code(row.data) for row in found.values())
    returned, removed = found["enrolment.return"], found["organisation.member_removed"]
    assert (returned.before, returned.after, returned.reason) == ("submitted", "returned", "人数不对")
    assert returned.data == {"institution": 1, "institution_en": ""}
    assert (returned.by_id, returned.enterprise_id, returned.institution_id) == (partner_id, enterprise_id, institution_id)
    assert (removed.person_id, removed.data) == (member_id, {"role": "enterprise"})
    assert found["assessment_round.verify"].data == {"ratings": {"M1-A1": [2, 1], "M1-A2": [None, 0]}}
    assert (found["pulse_survey.set_last_day"].before, found["pulse_survey.set_last_day"].after) == ("2026-11-01", "2026-11-09")
    entry = queries.history_of(db.session.query(Enrolment).one())[0]
    assert (entry.institution.zh, entry.remarks[0][1], entry.reason) == ("宁波机构", "看不清", "人数不对")
    assert chain.seal() == len(BEFORE)
    assert inspection.inspect().is_whole


def test_down_again_they_read_as_before(carried):
    chain.seal()
    db.session.remove()
    downgrade(revision="0003")
    rows = db.session.execute(text("SELECT action, data FROM audit_event ORDER BY id")).all()
    stored = {row.action: json.loads(row.data) if isinstance(row.data, str) else row.data for row in rows}
    for action, _kind, data in BEFORE:
        if action != "organisation.member_removed":  # the name is gone
            assert data.items() <= stored[action].items(), action
    db.session.remove()
    upgrade()
    assert chain.seal() == len(BEFORE)
