"""Protects: no list looks through a whole table, however many enterprises there are; on both databases."""

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import Select, event, select, text

from score_web.accounts.queries import person_by_email
from score_web.assessment.models import AssessmentRound
from score_web.booking.models import Booking
from score_web.booking.states import BookingState
from score_web.core import clock, names
from score_web.core.db import db
from score_web.demo.services.growth import PASSWORD, grow
from score_web.enrolment.models import Enrolment
from score_web.permissions import Role
from tests.client import Client
from tests.factories import add_membership, make_institution, make_person

pytestmark = pytest.mark.both_engines
PARTNER, NATION = "grown-44@example.com", "nation@example.com"
GROWS = {"enrolment", "organisation", "person", "membership", "message", "booking", "name_part", "assessment_round", "answer", "lens_value",
         "benchmark_value", "enrolment_version", "audit_event", "link", "day_claim", "certification", "sign_in", "erasure", "data_request"}
PAGES = (
    (PARTNER, "dashboard"), (PARTNER, "enrolment/queue"), (PARTNER, "enrolment/queue?tab=decided&area=all&sector=C18&flag=code"),
    (PARTNER, "enrolment/queue?tab=decided&search=%E6%81%92%E6%B3%B0"), (PARTNER, "accounts/people?role=trainer"),
    (PARTNER, "accounts/inbox"), (PARTNER, "accounts/people?q=%E6%81%92%E6%B3%B0"),
    (PARTNER, "trainers/?module=1&province=440000"), (PARTNER, "booking/"), (PARTNER, "privacy/requests"),
    (NATION, "enrolment/queue?tab=decided&area=all&search=%E6%81%92%E6%B3%B0"), (NATION, "accounts/people"),
    ("firm", "dashboard"), ("firm", "assessment/{round}/results"), ("firm", "booking/new?module=1"), ("trainer", "booking/"),
)  # fmt: skip


@pytest.fixture
def town(app):
    """Three hundred enterprises; one person of each kind signed in."""
    with app.app_context():
        for _line in grow(300):
            pass
        institution, _ = make_institution(scope="all")
        add_membership(make_person(email=NATION), institution, Role.PARTNER)
        db.session.commit()
        asked = select(Booking.enterprise_id)  # a grown booking has no history, which the enterprise's dashboard tells
        rounds = select(AssessmentRound).where(AssessmentRound.enterprise_id.not_in(asked), AssessmentRound.state == "submitted")
        round_ = db.session.scalars(rounds.where(AssessmentRound.module == 1).order_by(AssessmentRound.id)).first()
        who = {"round": round_.id, "firm": f"firm{round_.enterprise_id}@grown.example", "trainer": db.session.scalar(text(
            "SELECT p.email FROM person p JOIN booking b ON b.lead_id = p.id ORDER BY b.id LIMIT 1"))}
        assert person_by_email(who["firm"])
    return SimpleNamespace(app=app, **who)


def asked_by(town, who: str, path: str) -> list[tuple[str, object]]:
    """Every SELECT of the page with its values."""
    found = []

    def listen(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    with town.app.app_context():
        client = Client(town.app).sign_in(getattr(town, who, who), PASSWORD if who != NATION else "correct-horse-9")
        event.listen(db.engine, "before_cursor_execute", listen)
        client.get(f"/en/{path.format(round=town.round)}")
        event.remove(db.engine, "before_cursor_execute", listen)
    return found


def plan(statement: str, parameters) -> list[str]:
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # so small a table would be read whole even where an index is there
        words = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return [str(row[-1]) for row in connection.exec_driver_sql(words + statement, parameters)]


def planned(query: Select) -> list[str]:
    made = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    return plan(str(made), made.params if made.positiontup is None else tuple(made.params[name] for name in made.positiontup))


def scanned(lines: list[str]) -> set[str]:
    """Tables that are read from one end to the other."""
    found = {m[1] for line in lines if (m := re.search(r"Seq Scan on (\w+)", line) or re.match(r"SCAN (\w+)(?! USING)", line))}
    return found & GROWS


def test_no_page_reads_a_large_table_whole(town):
    with town.app.app_context():
        wrong = [f"{who} {path}: {scanned(lines)}\n{statement}\n" + "\n".join(lines)
                 for who, path in PAGES for statement, parameters in asked_by(town, who, path)
                 if scanned(lines := plan(statement, parameters))]
    assert not wrong, "\n\n".join(wrong[:4])


def test_a_walk_asks_row_by_row_who_has_the_name(town):
    """PostgreSQL takes the beginning of a word for rare, and collected everybody in the country who has it, to look them up one by one."""
    with town.app.app_context():
        walk = select(Enrolment.id).where(Enrolment.tab == "decided", *names.having_all("enrolment", Enrolment.id, "heng"))
        lines = planned(walk.order_by(Enrolment.listed_at, Enrolment.id).limit(51))
    assert any(re.search(r"SubPlan|CORRELATED SCALAR SUBQUERY", line) for line in lines), "\n".join(lines)
    assert not any("Join" in line or "Nested Loop" in line for line in lines), "\n".join(lines)


def test_a_trainer_does_not_look_through_the_requests_to_everybody(town):
    """Nearly no booking has a second trainer: SQLite took the index of those for no help, and read all open requests of the country."""
    with town.app.app_context():
        columns = [column.name for column in Booking.__table__.columns if column.name not in ("id", "uid")]
        kept, copied = ", ".join(columns), ", ".join(f"one.{name}" for name in columns)
        many = f"INSERT INTO booking ({kept}, uid) SELECT {copied}, one.id || '-' || other.id FROM booking one, booking other"
        db.session.execute(text(many))
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        own = select(Booking.expires_at, Booking.id).where(
            Booking.second_id == 7, Booking.state == BookingState.REQUESTED, Booking.expires_at > clock.now())
        lines = planned(own.order_by(Booking.expires_at, Booking.id).limit(51))
    assert any("ix_booking_second_listed" in line for line in lines), "\n".join(lines)
