"""Is everything that happens readable by those concerned, in sentences, and by nobody else?"""

import ast
from datetime import datetime, timedelta

import pytest

from score_web.core import audit, clock
from score_web.core.audit import AuditEvent
from score_web.core.db import db
from score_web.core.workflow import Workflow
from score_web.log import queries, words
from score_web.permissions import Role
from tests.client import Client
from tests.factories import actor_of, add_membership, make_booking, make_person
from tests.source import calls, python_files
from tests.world import PERSONAS, World

PAST = datetime(2026, 3, 1, 4, tzinfo=clock.CHINA)


def workflows() -> dict[str, Workflow]:
    """By the table whose records take their steps."""
    found = {}
    for mapper in db.Model.registry.mappers:
        labels = getattr(getattr(mapper.class_, "state", None), "type", None)
        if labels is not None:
            module = __import__(labels.enum_class.__module__, fromlist=["x"])
            for value in vars(module).values():
                if isinstance(value, Workflow) and all(isinstance(step.target, labels.enum_class) for step in value.steps.values()):
                    found[mapper.class_.__tablename__] = value
    return found


def actions() -> set[str]:
    """Every name under which something is recorded: written in the code, or a step of a record."""
    found = {f"{table}.{step}" for table, flow in workflows().items() for step in flow.steps}
    for path in python_files():
        for call in calls(path):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name == "record" and call.args and path.name != "audit.py":
                found |= set(spelled(call.args[0], path))
    return found


def spelled(node: ast.expr, path) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.JoinedStr):  # f"person.consent_{'given' if given else 'withdrawn'}"
        choice = next(part.value for part in node.values if isinstance(part, ast.FormattedValue))
        assert isinstance(choice, ast.IfExp), f"{path}: an action has a name that a reader can find"
        return [f"{node.values[0].value}{end.value}" for end in (choice.body, choice.orelse)]
    raise AssertionError(f"{path}: an action has a name that a reader can find, not {ast.unparse(node)}")


def test_every_action_has_a_sentence_and_every_kind_a_name(app):
    assert len(actions()) > 40
    assert actions() <= set(words.ACTIONS), "write a sentence in log/words.py"
    assert {action.partition(".")[0] for action in words.ACTIONS} == set(words.KINDS)
    assert set(words.STATES) == set(workflows())


@pytest.fixture
def world(database):
    return World()


def at(minutes: int, action: str, thing, by=None, **data) -> int:
    with clock.at(PAST + timedelta(minutes=minutes)):
        return audit.record(action, thing, by=by, **data)


def happen(world) -> dict[str, int]:
    """One of everything that could leak, by whom it concerns."""
    own, rival, partner = (world.people[name] for name in ("own enterprise", "rival enterprise", "own partner"))
    trainer = world.people["trainer with mandate"]
    found = {
        "own": at(1, "assessment_round.reopen", world.round, partner, reason="numbers do not fit", before="submitted", after="open",
                  module=1, number=1),
        "rival": at(2, "organisation.joined", world.rival, rival, person_id=rival.id, role="enterprise"),
        "evidence": at(3, "evidence.add", world.evidence, own, statement="M2-B1", institution_id=None),
        "account": at(4, "person.password_changed", own, own),
        "suspended": at(5, "person.suspended", own, partner, reason="asked by phone", institution_id=world.ningbo.id),
        "trainer": at(6, "trainer_profile.grant", world.profile, partner, module=1, level="expert"),
        "booking": at(7, "booking.cancel", world.booking, own, reason="flood", before="accepted", after="cancelled", module=1),
        "by trainer": at(8, "assessment_round.verify", world.round, trainer, ratings={"M1-A1": [None, 2]}),
    }
    db.session.commit()
    return found


SEEN = {
    "own enterprise": ({"own", "evidence", "booking", "by trainer"}, {"evidence", "account", "suspended", "booking"}),
    "rival enterprise": ({"rival"}, {"rival"}),
    "own partner": ({"own", "rival", "suspended", "trainer", "booking", "by trainer"}, {"own", "suspended", "trainer"}),
    "trainer with mandate": (set(), {"trainer", "booking", "by trainer"}),
}


@pytest.mark.both_engines
def test_everybody_reads_what_concerns_them_and_nothing_else(world):
    happened = happen(world)
    for persona in PERSONAS[1:-1]:
        actor = actor_of(world.people[persona])
        for side, wanted in zip(("ours", "mine"), SEEN.get(persona, (set(), set())), strict=True):
            rows = {row[0].id for branch in queries.branches(actor, side) for row in db.session.execute(branch)}
            assert {name for name, event in happened.items() if event in rows} == wanted, f"{persona}: {side}"


@pytest.mark.both_engines
def test_both_trainers_of_a_booking_read_its_history(world):
    """The second one too, once where both conditions hold, and nothing of the other bookings of the first."""
    lead, second = world.people["trainer with mandate"], make_person()
    world.booking.second_id = second.id
    other = make_booking(world.own, lead, in_days=60)
    enterprise = world.people["own enterprise"]
    for minute, booking, by in ((1, world.booking, enterprise), (2, world.booking, second), (3, other, enterprise)):
        at(minute, "booking.cancel", booking, by, reason="flood", before="accepted", after="cancelled", module=1)
    db.session.commit()
    shown = {who: [line.event.record_id for line in queries.lines(actor_of(who), queries.Filter(side="mine", kind="booking")).rows]
             for who in (lead, second)}
    assert shown == {lead: [other.id, world.booking.id, world.booking.id], second: [world.booking.id] * 2}


def test_the_page_says_who_what_from_which_state_to_which_and_why(app, world):
    happen(world)
    page = Client(app).sign_in(world.people["own enterprise"]).get("/en/log")
    row = next(page.text_of(row) for row in page.find_all("li") if "reopened" in page.text_of(row))
    for part in ("Self-assessment reopened (module 1, no. 1)", "Submitted and locked → Being filled in", "numbers do not fit", "04:01"):
        assert part in row, row
    assert "宁波机构" in row and world.people["own partner"].name not in page.text, "of partner staff others see the institution"
    assert "Booking cancelled: Trainer" in page.text
    assert "他企业" not in page.text
    theirs = Client(app).sign_in(world.people["own partner"]).get("/zh/log").text
    assert "本企业" in theirs and "他企业" in theirs and world.people["own partner"].name in theirs


def test_who_closed_the_account_is_named_no_more(app, world):
    happen(world)
    world.people["own partner"].closed_at = clock.now()
    client = Client(app).sign_in(world.people["own enterprise"])
    assert "宁波机构" in client.get("/en/log").text
    world.people["trainer with mandate"].closed_at = clock.now()
    assert "Booking cancelled: Closed account" in client.get("/en/log").text
    assert "已注销用户" in client.get("/zh/log").text


def test_it_is_filtered_by_period_kind_and_person(app, world):
    happen(world)
    at(60 * 24 * 40, "evidence.remove", world.evidence, world.colleague, statement="M2-B1")
    client = Client(app).sign_in(world.people["own enterprise"])

    def found(query: str) -> list[str]:
        page = client.get(f"/en/log?{query}")
        return [page.text_of(row) for row in page.find_all("li") if "2026" in page.text_of(row)]

    assert [len(found(q)) for q in ("", "since=2026-04-01", "until=2026-03-01", "since=2026-03-02&until=2026-03-31")] == [5, 1, 4, 0]
    assert [len(found(q)) for q in ("kind=booking", "kind=evidence", f"person={world.colleague.id}", "kind=x&since=x")] == [1, 2, 1, 5]
    assert "Evidence removed" in found("kind=evidence&since=2026-04-10")[0]


@pytest.mark.both_engines
def test_pages_of_fifty_without_gaps_or_repeats(world):
    for number in range(120):
        at(number // 3, "trainer_profile.save", world.profile, world.people["trainer with mandate"])
    db.session.commit()
    actor, seen, cursor = actor_of(world.people["own partner"]), [], ""
    while True:
        page = queries.lines(actor, queries.Filter(side="ours", page=cursor))
        seen += [line.event.id for line in page.rows]
        cursor = page.after
        if not cursor:
            break
    assert len(page.rows) == 20
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == 120
    back = queries.lines(actor, queries.Filter(side="ours", page=page.before))
    assert [line.event.id for line in back.rows] == seen[50:100]


@pytest.mark.both_engines
def test_each_branch_reads_an_index_in_the_order_of_time(world):
    """But for bookings where one comes along as second: few, found by their numbers."""
    person = make_person()
    add_membership(person, world.own, Role.ENTERPRISE)
    add_membership(person, world.ningbo, Role.PARTNER)
    actor = actor_of(person)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(db.text("SET enable_seqscan = off"))
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[db.engine.dialect.name]
    for side in ("ours", "mine"):
        for branch in queries.branches(actor, side):
            query = branch.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(50)
            told = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
            plan = " ".join(str(row[-1]) for row in db.session.execute(db.text(explain + told)))
            assert "ix_audit_event_" in plan, plan
            few = "ix_audit_event_record" in plan and "ix_booking_second_listed" in plan
            assert few or ("TEMP B-TREE" not in plan and "Sort" not in plan), plan
