"""The mail server is down, refuses or hangs: nothing is lost, nothing waits for it, and what is given up is told."""

import itertools
import logging
import smtplib
import socket
import sqlite3
import threading
from datetime import timedelta

import pytest

from score_web.core import clock, mail
from score_web.core.db import db
from score_web.core.mail import LONGEST_WAIT, MOST_TRIES, Message
from tests.factories import make_person
from tests.torture.postman import Postman


@pytest.fixture
def waiting(database) -> list[int]:
    """Three mails for one person."""
    person = make_person()
    for number in range(3):
        db.session.add(Message(person_id=person.id, address=person.email, language="en", subject_zh="x", subject_en=f"News {number}",
                               body_zh="x", body_en="x\n"))
    db.session.commit()
    found = list(db.session.scalars(db.select(Message.id)))
    db.session.rollback()
    return found


@pytest.fixture
def postman(app):
    postman = Postman()
    app.config["SMTP_URL"] = postman.address
    yield postman
    postman.stop()


def tries() -> list[int]:
    found = list(db.session.scalars(db.select(Message.tries).order_by(Message.id)))
    db.session.rollback()
    return found


def refuse(monkeypatch, error) -> None:
    def hand_over(*_arguments):
        raise error

    monkeypatch.setattr(mail, "_hand_over", hand_over)


@pytest.mark.parametrize("address", [
    "=?utf-8?b??=@example.com", "=?utf-8?q?other?=@example.com", "=?utf-8?b?dgV_=?=@example.com", "josé@example.com", "名字@例子.公司",
    "a@example.com, b@example.com",
])
def test_an_address_that_cannot_be_written_to_holds_up_its_own_mail_alone_and_reaches_nobody_else(waiting, postman, address):
    db.session.execute(db.update(Message).where(Message.id == waiting[0]).values(address=address))
    db.session.commit()
    assert mail.deliver() == 2
    assert tries() == [1, 1, 1]
    assert postman.arrived() == dict.fromkeys(waiting[1:], 1)


@pytest.mark.both_engines
def test_a_server_that_is_down_costs_one_try_of_one_mail(app, waiting, postman):
    postman.stop()
    assert mail.deliver() == 0
    assert tries() == [1, 0, 0]
    up = Postman()
    app.config["SMTP_URL"] = up.address
    assert mail.deliver() == 2, "the first one waits"
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert mail.deliver() == 1
        assert mail.deliver() == 0
    assert up.arrived() == dict.fromkeys(waiting, 1)
    up.stop()


def test_waits_grow_for_three_days_and_then_somebody_is_told(app, waiting, monkeypatch, caplog):
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({"somebody@example.com": (550, b"no such user")}))
    moments = [clock.now()]
    while tries()[0] < MOST_TRIES:
        with clock.at(moments[-1]):
            mail.deliver()
            moments.append(db.session.scalar(db.select(Message.next_try_at).order_by(Message.id).limit(1)))
            db.session.rollback()
    with clock.at(moments[-1]):
        mail.deliver()
    assert tries() == [MOST_TRIES] * 3
    waits = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert timedelta(days=2) < moments[-2] - moments[0] < timedelta(days=4)
    assert "given up" in caplog.text
    assert "somebody@example.com" not in caplog.text
    assert "3 mails were given up" in app.test_cli_runner().invoke(args=["mail", "deliver"]).output
    monkeypatch.undo()
    assert "3 wait" in app.test_cli_runner().invoke(args=["mail", "again"]).output
    assert mail.deliver() == 3


def test_nobody_waits_for_a_server_that_hangs(app, waiting):
    """It takes the connection and says nothing; meanwhile others write."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(20)
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{mute.getsockname()[1]}"

        def deliver() -> None:
            with app.app_context():
                mail.deliver()

        hanging = threading.Thread(target=deliver)
        hanging.start()
        there, _ = mute.accept()
        other = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=0.05)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE person SET name = 'meanwhile'")
        other.execute("COMMIT")
        other.close()
        there.close()
        hanging.join()
    assert tries() == [1, 0, 0]


def test_a_clock_that_was_wrong_delays_no_mail(waiting, postman, caplog):
    caplog.set_level(logging.ERROR)
    db.session.execute(db.update(Message).values(next_try_at=clock.now() + timedelta(days=400), tries=1))
    db.session.commit()
    assert mail.deliver() == 3
