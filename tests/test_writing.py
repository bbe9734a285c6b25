"""Does what is written past the ORM say the same as what the ORM writes?"""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, event, update
from sqlalchemy.exc import IntegrityError

from score_web.accounts.models import Device
from score_web.accounts.services.throttle import FORGIVE
from score_web.core import clock
from score_web.core.audit import AuditEvent
from score_web.core.db import db, let_go
from score_web.core.writing import insert_of, write, write_all
from tests.factories import make_person

pytestmark = pytest.mark.both_engines
HAPPENED = insert_of(AuditEvent, "action", "record_type", "record_id", "data")
DEVICE = insert_of(Device, "person_id", "key_hash")
SEEN = (
    update(Device.__table__).where(Device.key_hash == bindparam("key")).values(last_seen_at=bindparam("now"))
    .returning(Device.id, Device.last_seen_at)
)
WHAT = {"action": "organisation.founded", "record_type": "organisation", "record_id": 7, "data": {"number": 3}}


@pytest.fixture(params=[False, True], ids=["straight", "watched"])
def watched(request, database):
    """Also when somebody listens, which is another way to the database."""
    def listen(*_what):
        pass

    if request.param:
        event.listen(db.engine, "before_cursor_execute", listen)
    yield
    if request.param:
        event.remove(db.engine, "before_cursor_execute", listen)


def said(row) -> dict:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs if column.key != "id"}


def test_a_row_is_the_one_that_the_orm_would_write(watched):
    with clock.at(clock.now()):
        db.session.add(AuditEvent(**WHAT))
        db.session.flush()
        write(HAPPENED, **WHAT)
    by_orm, by_us = db.session.query(AuditEvent).order_by(AuditEvent.id)
    assert said(by_us) == said(by_orm) and by_us.at == by_orm.at and by_us.data == {"number": 3}


def test_many_rows_are_written_in_their_order_and_an_update_tells_what_it_changed(watched):
    person, now = make_person(), clock.now()
    write_all(DEVICE, [{"person_id": person.id, "key_hash": name} for name in ("first", "second")])
    assert [device.key_hash for device in db.session.query(Device).order_by(Device.id)] == ["first", "second"]
    (changed,) = write(SEEN, key="second", now=now + timedelta(days=1))
    assert changed.last_seen_at == now + timedelta(days=1)
    assert changed.id == db.session.query(Device).filter_by(key_hash="second").one().id
    assert write(SEEN, key="nobody's", now=now) == [] == write(FORGIVE, who="nobody", past=now)


def test_a_row_that_is_there_already_is_told_as_by_the_orm(watched):
    person = make_person()
    write(DEVICE, person_id=person.id, key_hash="first")
    with pytest.raises(IntegrityError):
        write(DEVICE, person_id=person.id, key_hash="first")
    db.session.rollback()
    with pytest.raises(IntegrityError):
        write_all(DEVICE, [{"person_id": person.id, "key_hash": name} for name in ("first", "second", "first")])
    db.session.rollback()
    assert db.session.query(Device).count() == 0


def test_what_was_written_is_not_let_go_by_mistake(watched):
    write(HAPPENED, **WHAT)
    with pytest.raises(RuntimeError):
        let_go()
    db.session.commit()
    let_go()
    write(FORGIVE, who="nobody", past=clock.now())
    db.session.rollback()
    let_go()
    assert db.session.query(AuditEvent).count() == 1
