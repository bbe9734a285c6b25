"""Does what is written past the ORM say the same as what the ORM writes?"""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, event, text, update
from sqlalchemy.exc import IntegrityError

from score_web.accounts.models import Device, Person
from score_web.accounts.services.throttle import FORGIVE
from score_web.core import clock, rollups, uploads
from score_web.core.audit import AuditEvent
from score_web.core.db import db, let_go
from score_web.core.names import NamePart
from score_web.core.reading import find
from score_web.core.writing import insert_of, write, write_all
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from tests.factories import make_enterprise, make_institution, make_person

pytestmark = pytest.mark.both_engines
HAPPENED = insert_of(AuditEvent, "action", "record_type", "record_id", "data")
DEVICE = insert_of(Device, "person_id", "key_hash")
SEEN = (
    update(Device.__table__).where(Device.key_hash == bindparam("key")).values(last_seen_at=bindparam("now"))
    .returning(Device.id, Device.last_seen_at)
)
WHAT = {"action": "organisation.founded", "record_type": "organisation", "record_id": 7, "data": {"number": 3}}


@pytest.fixture(params=["by itself", "watched", "in a request", "watched in a request"])
def way(request, app, database):
    """Each of the ways to the database: in a request the session joins the transaction there, elsewhere it begins by itself; another
    way when somebody listens."""
    def listen(*_what):
        pass

    if request.param.startswith("watched"):
        event.listen(db.engine, "before_cursor_execute", listen)
    with app.test_request_context(method="POST") if request.param.endswith("request") else nullcontext():
        yield
    if request.param.startswith("watched"):
        event.remove(db.engine, "before_cursor_execute", listen)


def said(row) -> dict:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs if column.key != "id"}


def test_a_row_is_the_one_that_the_orm_would_write(way):
    with clock.at(clock.now()):
        db.session.add(AuditEvent(**WHAT))
        db.session.flush()
        write(HAPPENED, **WHAT)
    by_orm, by_us = db.session.query(AuditEvent).order_by(AuditEvent.id)
    assert said(by_us) == said(by_orm) and by_us.at == by_orm.at and by_us.data == {"number": 3}


def test_many_rows_are_written_in_their_order_and_an_update_tells_what_it_changed(way):
    person, now = make_person(), clock.now()
    write_all(DEVICE, [{"person_id": person.id, "key_hash": name} for name in ("first", "second")])
    assert [device.key_hash for device in db.session.query(Device).order_by(Device.id)] == ["first", "second"]
    (changed,) = write(SEEN, key="second", now=now + timedelta(days=1))
    assert changed.last_seen_at == now + timedelta(days=1)
    assert changed.id == db.session.query(Device).filter_by(key_hash="second").one().id
    assert write(SEEN, key="nobody's", now=now) == [] == write(FORGIVE, who="nobody", past=now)


def test_a_row_that_is_there_already_is_told_as_by_the_orm(way):
    person = make_person()
    write(DEVICE, person_id=person.id, key_hash="first")
    with pytest.raises(IntegrityError):
        write(DEVICE, person_id=person.id, key_hash="first")
    db.session.rollback()
    with pytest.raises(IntegrityError):
        write_all(DEVICE, [{"person_id": person.id, "key_hash": name} for name in ("first", "second", "first")])
    db.session.rollback()
    assert db.session.query(Device).count() == 0


def test_what_was_written_is_not_let_go_by_mistake(way):
    write(HAPPENED, **WHAT)
    with pytest.raises(RuntimeError):
        let_go()
    db.session.commit()
    let_go()
    write(FORGIVE, who="nobody", past=clock.now())
    db.session.rollback()
    let_go()
    assert db.session.query(AuditEvent).count() == 1


def test_what_was_read_is_not_believed_after_a_rollback_or_a_commit(way):
    number = make_person(name="Before").id
    db.session.commit()
    for end in (db.session.commit, db.session.rollback):
        db.session.expunge_all()
        person = find(Person, number)
        write(HAPPENED, **WHAT)
        assert person.name == "Before"
        end()
        elsewhere("UPDATE person SET name = 'Meanwhile'")
        assert find(Person, number) is person and person.name == "Meanwhile"
        end()
        elsewhere("UPDATE person SET name = 'Before'")


def elsewhere(statement: str) -> None:
    """Somebody else, who is quicker."""
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_file_stays_or_goes_with_what_was_written(way):
    """Also when the session itself had nothing to write."""
    write(HAPPENED, **WHAT)
    lost = uploads.store(b"lost")
    db.session.rollback()
    write(HAPPENED, **WHAT)
    kept = uploads.store(b"kept")
    db.session.commit()
    stored = [key for key, _written in uploads.folder().stored()]
    assert kept in stored and lost not in stored
    uploads.forget(kept)
    write(HAPPENED, **WHAT)
    db.session.commit()
    assert kept not in [key for key, _written in uploads.folder().stored()]
    assert db.session.query(AuditEvent).count() == 2


def test_what_is_new_in_the_session_is_written_with_the_rest(way):
    write(HAPPENED, **WHAT)
    db.session.add(AuditEvent(**WHAT))
    db.session.commit()
    db.session.add(AuditEvent(**WHAT))
    write(HAPPENED, **WHAT)
    db.session.rollback()
    assert db.session.query(AuditEvent).count() == 2


def test_what_follows_from_rows_that_nobody_saw_change_is_written_with_them(way):
    """A rollup that was only touched: the session had not joined before."""
    institution, _ = make_institution()
    number = make_enterprise(institution=institution, state=EnrolmentState.SUBMITTED)[0].id
    db.session.commit()
    elsewhere("UPDATE enrolment SET name_en = 'Zebra'")
    own, zebras = enrolment_of(number).id, db.session.query(NamePart).filter(NamePart.part.startswith("zebra"))
    for end, found in ((db.session.rollback, 0), (db.session.commit, 1)):
        write(HAPPENED, **WHAT)
        rollups.touch("enrolment names", [own])
        end()
        db.session.commit()
        assert zebras.count() == found
        db.session.commit()
