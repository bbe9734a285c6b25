"""Does what is read past the ORM, or asked once for a whole page, say the same as a query?"""

import pytest
from flask import g
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from score_web.accounts.models import Organisation
from score_web.core import faults
from score_web.core.db import db
from score_web.core.reading import all_of, find, read, records
from score_web.enrolment.models import Enrolment
from score_web.enrolment.queries import enrolment_of
from score_web.enrolment.states import EnrolmentState
from tests.asked import asked
from tests.factories import make_enterprise, make_institution

pytestmark = pytest.mark.both_engines
SUBMITTED = (
    all_of(Enrolment).where(Enrolment.state == bindparam("state"), Enrolment.submitted_at.is_not(None)).order_by(Enrolment.id.desc())
)


@pytest.fixture
def ids(app) -> list[int]:
    """Of two enterprises that have handed in their enrolments."""
    with app.app_context():
        institution, _ = make_institution(scope="33")
        made = [make_enterprise(institution=institution, state=EnrolmentState.SUBMITTED, code=f"code-{n}")[0].id for n in range(2)]
        db.session.commit()
    return made


@pytest.fixture
def statements(app):
    with app.app_context():
        engine = db.engine
    with asked(engine) as found:
        yield found


def test_a_page_that_only_reads_asks_once_for_each_thing_and_transaction(app, ids, statements):
    with app.test_request_context():
        g.read_only = True
        first = enrolment_of(ids[0])
        assert enrolment_of(ids[0]) is first and len(statements) == 1
        assert enrolment_of(ids[1]).enterprise_id == ids[1] and len(statements) == 2
        assert [find(Organisation, ids[1] + 1000) for _ in range(2)] == [None, None] and len(statements) == 3
        db.session.rollback()
        assert enrolment_of(ids[0]).enterprise_id == ids[0] and len(statements) > 3, "another transaction may see something else"


def test_who_may_write_asks_each_time(app, ids, statements):
    with app.test_request_context():
        own = enrolment_of(ids[0])
        assert enrolment_of(ids[0]) is own and len(statements) == 2
        own.enterprise_id = find(Organisation, ids[0]).institution_id
        assert enrolment_of(ids[0]) is None, "what was changed a moment ago counts"


def test_records_are_the_objects_of_a_query(app, ids):
    """The same values, types and order; what the session knows already stays as it is there."""
    columns = [column.key for column in Enrolment.__mapper__.column_attrs]
    with app.app_context():
        expected = [
            {key: getattr(one, key) for key in columns} for one in db.session.scalars(select(Enrolment).order_by(Enrolment.id.desc()))
        ]
    with app.app_context():
        found = records(Enrolment, SUBMITTED, state=EnrolmentState.SUBMITTED)
        assert [{key: getattr(one, key) for key in columns} for one in found] == expected and len(found) == 2
        assert not db.session.dirty and all(one in db.session for one in found)
        assert found == list(db.session.scalars(select(Enrolment).order_by(Enrolment.id.desc())))
        found[0].name_en = "Renamed"
        assert records(Enrolment, SUBMITTED, state=EnrolmentState.SUBMITTED)[0] is found[0] and found[0].name_en == "Renamed"
        renamed = found[0].enterprise_id
        db.session.commit()
    with app.app_context():
        assert enrolment_of(renamed).name_en == "Renamed", "a record that was changed is written"


@pytest.mark.parametrize("pooler", [0, 1])
def test_the_database_refuses_what_a_page_that_reads_would_write(app, ids, monkeypatch, pooler):
    """Past all rules of ours, too, with PgBouncer before it or not; the same connection writes again for who may."""
    monkeypatch.setitem(app.config, "DATABASE_POOLER", pooler)
    renaming = text("UPDATE organisation SET name_en = 'Renamed' WHERE id = :id")
    with app.test_request_context():
        g.read_only = True
        assert enrolment_of(ids[0]).enterprise_id == ids[0]
        with pytest.raises(DBAPIError):
            db.session.execute(renaming, {"id": ids[0]})
    with app.test_request_context():
        db.session.execute(renaming, {"id": ids[0]})
        db.session.commit()
    with app.test_request_context():
        g.read_only = True
        assert find(Organisation, ids[0]).name_en == "Renamed"


ASLEEP = select(func.pg_sleep(bindparam("seconds")).label("slept"))


def test_what_goes_wrong_is_told_as_of_every_other_query(app, request):
    """A mistake of ours does not pass; a query that took too long and a connection that broke do, and the next one works again."""
    with app.app_context():
        with pytest.raises(DBAPIError) as mistake:
            read(select(func.no_such_function().label("nothing")))
        assert not faults.passes(mistake.value)
        db.session.rollback()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL statement_timeout = 50"))
            with pytest.raises(OperationalError) as late:
                read(ASLEEP, seconds=5)
            assert faults.passes(late.value) and not late.value.connection_invalidated
            db.session.rollback()
            number = db.session.scalar(text("SELECT pg_backend_pid()"))
            request.getfixturevalue("postgres").execute(f"SELECT pg_terminate_backend({number})")
            with pytest.raises(OperationalError) as broken:
                read(ASLEEP, seconds=0)
            assert faults.passes(broken.value) and broken.value.connection_invalidated
            faults.end_transaction()
        assert read(select(func.length(bindparam("word")).label("letters")), word="four")[0] == (4,)
