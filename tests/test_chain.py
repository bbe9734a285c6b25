"""Is each committed event sealed once, whoever seals and however many at once; does the check find what was done to the chain?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from score_web.core import audit, chain, clock, inspection
from score_web.core.audit import AuditEvent
from score_web.core.chain import AuditPending, AuditSeal
from score_web.core.db import db
from tests.factories import make_person

pytestmark = pytest.mark.both_engines


def write(number: int, **data) -> None:
    person = db.session.query(audit.Base.metadata.tables["person"].c.id).first() or make_person()
    for one in range(number):
        what = {"action": "person.moved", "record_type": "person", "record_id": person.id, "by_id": person.id}
        db.session.add(AuditEvent(**what, data={"number": one} | data))
    db.session.commit()


def positions() -> list[tuple[int, int]]:
    return [tuple(row) for row in db.session.execute(db.select(AuditSeal.position, AuditSeal.event_id).order_by(AuditSeal.position))]


def verify(app, *arguments) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["audit", "verify", *arguments])
    return result.exit_code, result.output


def tamper(*statements: str) -> None:
    """As somebody would who owns the database."""
    with chain.unlocked():
        for statement in statements:
            db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture
def sealed(database):
    write(8)
    assert chain.seal() == 8


def test_committed_events_are_sealed_once_in_the_order_of_their_ids(app, sealed):
    assert positions() == [(n, n) for n in range(1, 9)]
    assert (chain.seal(), db.session.query(AuditPending).count()) == (0, 0)
    write(2)
    assert (chain.seal(), positions()[-1]) == (2, (10, 10))
    assert verify(app)[0] == 0


def test_batches_make_one_chain(app, database, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 3)
    monkeypatch.setattr(inspection, "PIECE", 3)
    write(8)
    assert chain.seal() == 8
    assert verify(app)[1].startswith(f"8 sealed, 0 waiting for their seal; head 8 {chain.head()[1]}")


def test_what_is_sealed_during_the_check_is_no_fault_and_does_not_wait(app, sealed, monkeypatch):
    write(3)
    rows, sealing = inspection._rows, []

    def seal() -> int:
        with app.app_context():
            return chain.seal()

    def while_somebody_seals():
        for row in rows():
            if not sealing:
                with ThreadPoolExecutor(1) as pool:
                    sealing.append(pool.submit(seal).result())
            yield row

    monkeypatch.setattr(inspection, "_rows", while_somebody_seals)
    code, output = verify(app)
    assert (code, sealing) == (0, [3]), output
    assert output.startswith("8 sealed, 3 waiting")


def test_a_lower_id_that_commits_later_gets_its_own_position(app, database):
    """On PostgreSQL two transactions draw ids 2 and 3, and 3 commits first. (SQLite lets one writer in: ids commit in order.)"""
    write(1)
    if db.engine.dialect.name == "sqlite":
        return
    row = "INSERT INTO audit_event (at, action, record_type, record_id, data) VALUES (now(), 'x.moved', 'person', 1, '{}') RETURNING id"
    with db.engine.connect() as early, db.engine.connect() as late:
        assert late.execute(text(row)).scalar() == 2
        assert early.execute(text(row)).scalar() == 3
        early.commit()
        assert chain.seal() == 2
        late.commit()
    assert chain.seal() == 1
    assert positions() == [(1, 1), (2, 3), (3, 2)]
    assert verify(app)[0] == 0


def test_many_at_once_seal_one_chain_while_others_write(app, database, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 7)
    write(30)
    gate = Barrier(6)

    def process(number):
        with app.app_context():
            gate.wait()
            for _turn in range(5):
                if number % 2:
                    chain.seal()
                else:
                    write(4)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(process, range(6)))
    chain.seal()
    rows = positions()
    assert [position for position, _ in rows] == list(range(1, 91))
    assert sorted(event for _, event in rows) == sorted(db.session.scalars(db.select(AuditEvent.id)))
    assert verify(app)[0] == 0


@pytest.mark.parametrize(("done", "said"), [
    (["UPDATE audit_event SET by_id = 7 WHERE id = 4"], "changed since they were sealed: positions 4\n"),
    (["DELETE FROM audit_event WHERE id = 4"], "missing: the events of positions 4 have been deleted"),
    (["DELETE FROM audit_event WHERE id = 4", "DELETE FROM audit_seal WHERE position = 4"], "missing: position 4\n"),
    (["DELETE FROM audit_seal WHERE position > 6", "DELETE FROM audit_event WHERE id > 6"], "the end of the chain has been cut"),
    (["UPDATE audit_seal SET position = -1 WHERE position = 4", "UPDATE audit_seal SET position = 4 WHERE position = 5",
      "UPDATE audit_seal SET position = 5 WHERE position = -1"], "out of order: position 4 was sealed right after position 5"),
    (["UPDATE audit_seal SET position = -1 WHERE position = 4",
      *(f"UPDATE audit_seal SET position = {n - 1} WHERE position = {n}" for n in range(5, 9)),
      "DELETE FROM audit_seal WHERE position = -1", "DELETE FROM audit_event WHERE id = 4"], "position 4 does not follow from position 3"),
    (["UPDATE audit_event SET data = '{\"number\": 3, \"x\": 1}' WHERE id = 4"], "changed since they were sealed: positions 4\n"),
])
def test_what_was_done_to_the_chain_is_found(app, sealed, done, said):
    tamper(*done)
    code, output = verify(app)
    assert code == 1
    assert said in output, output


def test_an_inserted_row_is_found_even_with_a_right_seal(app, sealed):
    write(1)
    event = db.session.get(AuditEvent, 9)
    before = db.session.query(AuditSeal.hash).filter_by(position=4).scalar()
    forged = {"position": 5, "event_id": 9, "event_hash": chain.hash_of(event), "hash": chain.link(before, chain.hash_of(event))}
    tamper(*(f"UPDATE audit_seal SET position = {n + 1} WHERE position = {n}" for n in range(8, 4, -1)), "DELETE FROM audit_pending")
    db.session.add(AuditSeal(**forged))
    assert "inserted: position 6 was sealed right after position 4" in verify(app)[1]


def test_rewriting_everything_is_found_by_a_head_written_down_before(app, sealed):
    head = app.test_cli_runner().invoke(args=["audit", "head"]).output
    assert head == "{} {}\n".format(*chain.head())
    write(2)
    chain.seal()
    assert "the head you wrote down is position 8" in verify(app, "--expect", head)[1]
    tamper("UPDATE audit_event SET by_id = 7 WHERE id = 4", "DELETE FROM audit_seal", "DELETE FROM audit_head",
           "INSERT INTO audit_pending SELECT id FROM audit_event")
    chain.seal()
    assert verify(app)[0] == 0
    code, output = verify(app, "--expect", head)
    assert (code, "all of it has been rewritten" in output) == (1, True)


def test_what_waits_for_its_seal_is_counted_and_suspicious_after_ten_minutes(app, sealed):
    write(3)
    assert verify(app) == (0, "8 sealed, 3 waiting for their seal; head {} {}\nthe audit is as it was sealed\n".format(*chain.head()))
    with clock.at(clock.now() + timedelta(minutes=11)):
        code, output = verify(app)
    assert (code, "unsealed for more than 10 minutes: events 9, 10, 11" in output) == (1, True)


def test_jobs_seal_each_minute_and_tell_the_head_each_day(app, sealed, caplog):
    jobs = app.extensions["score_jobs"]
    assert (jobs["audit"].every, jobs["audit-head"].every) == (timedelta(minutes=1), timedelta(days=1))
    with caplog.at_level("INFO", "score_web.audit"):
        jobs["audit-head"].work()
    assert f"position 8, head {chain.head()[1]}" in caplog.text
