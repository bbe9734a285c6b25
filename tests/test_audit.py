"""Does the audit hold ids and codes only, keep everything that was written, and still show names and reasons on the pages?"""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from score_web.core import audit, chain
from score_web.core.audit import AuditEvent, AuditWords
from score_web.core.db import db
from tests.factories import actor_of, make_enterprise, make_institution, make_person

pytestmark = pytest.mark.both_engines
CLOSED = ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "UPDATE audit_seal SET hash = 'x'", "DELETE FROM audit_seal"]
ONLY = {
    "sqlite": ["INSERT OR REPLACE INTO audit_event (id, at, action, record_type, record_id, data) VALUES (1, '2026-01-01', 'x', 'x', 1, 1)",
               "INSERT OR REPLACE INTO audit_seal (position, event_id, event_hash, hash) VALUES (1, 1, 'x', 'x')"],
    "postgresql": ["TRUNCATE audit_event CASCADE", "TRUNCATE audit_seal"],
}


@pytest.fixture
def person(database):
    return make_person("陈晓", email="chen@example.com")


TYPED = ["陈晓", "Chen Xiao", "chen@example.com", "it is not true", "Q2hlbiBYaWFvIGlz-abc", "x" * 65, 0.5, ["ok", "Not ok"],
         {"note": "too dusty"}, {"陈晓": 1}]


def test_what_names_or_quotes_somebody_is_refused(person):
    for typed in TYPED:
        with pytest.raises(ValueError, match=r"person\.moved: how"):
            audit.record("person.moved", person, how=typed)


def test_ids_codes_and_numbers_are_kept(person):
    data = {"module": 1, "level": "certified", "statement": "M1-A1", "days": ["2026-11-22"], "ratings": {"M1-A1": [2, None]}, "scope": "51"}
    audit.record("person.moved", person, by=person, before="draft", after="submitted", **data)
    event = db.session.query(AuditEvent).one()
    assert (event.data, event.before, event.after, event.by_id, event.person_id) == (data, "draft", "submitted", person.id, person.id)


def test_reasons_lie_outside_and_can_be_erased(person):
    audit.record("person.moved", person, by=person, reason=" because 陈晓 said so ", words={"remarks": {"code": "看不清"}})
    db.session.commit()
    shown = [(e.reason, e.words["remarks"], e.by_name) for e in audit.history(person)]
    assert shown == [("because 陈晓 said so", {"code": "看不清"}, "陈晓")]
    stored = db.session.execute(text("SELECT * FROM audit_event")).one()
    assert "陈晓" not in repr(stored) and "because" not in repr(stored)
    db.session.execute(db.delete(AuditWords))
    assert [e.reason for e in audit.history(person)] == [""]


def test_who_closed_the_account_is_named_no_more(person):
    audit.record("person.moved", person, by=person)
    db.session.commit()
    person.closed_at = person.created_at
    assert [e.by_name for e in audit.history(person)] == ["Closed account"]


def test_an_event_knows_whom_it_concerns(database):
    institution, partner = make_institution()
    enterprise, manager = make_enterprise(institution=institution)
    audit.record("organisation.joined", enterprise, person_id=manager.id, role="enterprise")
    audit.record("organisation.founded", institution, by=actor_of(partner))
    *_, own, theirs = db.session.query(AuditEvent).order_by(AuditEvent.id)
    assert (own.enterprise_id, own.institution_id, own.person_id) == (enterprise.id, institution.id, manager.id)
    assert (theirs.enterprise_id, theirs.institution_id, theirs.person_id, theirs.by_id) == (None, institution.id, None, partner.id)


@pytest.fixture
def written(person):
    audit.record("person.moved", person)
    db.session.commit()
    chain.seal()


def test_the_database_itself_refuses_changes(written):
    for statement in CLOSED + ONLY[db.engine.dialect.name]:
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert db.session.query(AuditEvent).one().action == "person.moved"
    assert chain.head()[0] == 1


def test_a_demo_can_be_emptied_and_is_closed_again(written):
    with chain.unlocked():
        db.session.execute(text("DELETE FROM audit_event"))
        db.session.execute(text("DELETE FROM audit_seal"))
    db.session.commit()
    person = make_person()
    audit.record("person.moved", person)
    db.session.commit()
    assert db.session.query(chain.AuditPending).count() == 1
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text("DELETE FROM audit_event"))
    db.session.rollback()


def test_a_production_installation_is_never_emptied(written, app):
    app.config["DEMO"] = False
    with pytest.raises(RuntimeError), chain.unlocked():
        raise AssertionError("opened")
