"""Lost answers, "saved" but it was not: whatever two people type, lose, send twice or find changed, nothing confirmed disappears."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from score_web.assessment import answering, queries, questionnaire, services, sheet
from score_web.assessment.answering import CHOICES, Reply, Stored
from score_web.assessment.models import Answer, AnswerVersion
from score_web.core import clock
from score_web.core.db import db
from score_web.core.forms import clean
from tests.assessment.filling import make_filling
from tests.factories import actor_of

THEME = questionnaire.module(1).themes[0]
IDS = [statement.id for statement in THEME.statements]
TEXTS = st.sampled_from(["", "a", "看板在门口", "two\nlines", "👍"])
REPLIES = st.builds(Reply, st.sampled_from(["", *CHOICES]), TEXTS, TEXTS, st.booleans())
STORED = st.builds(Stored, REPLIES, st.integers(1, 9), st.just(clock.now()))
PAGES = st.dictionaries(st.sampled_from(IDS), REPLIES)


def fields(replies: dict[str, Reply], seals: dict[str, str]) -> dict[str, str]:
    """What a browser sends of these statements."""
    form = {}
    for statement, reply in replies.items():
        form |= {f"{statement}.seal": seals[statement], f"{statement}.reason": reply.reason, f"{statement}.note": reply.note}
        form |= {statement: reply.choice} if reply.choice else {}
        form |= {f"{statement}.discuss": "1"} if reply.discuss else {}
    return form


def page_of(lines) -> dict[str, str]:
    return fields({line.statement.id: line.shown for line in lines}, {line.statement.id: line.seal for line in lines})


@given(st.dictionaries(st.sampled_from(IDS), STORED), PAGES)
def test_exactly_what_was_changed_on_the_page_is_sent_on(stored, typed):
    shown = sheet.lines(THEME, stored, since=clock.now())
    assert answering.read_page(THEME, page_of(shown), clean).changes == ()
    before = {line.statement.id: line.stored for line in shown}
    replies = {statement: was.reply for statement, was in before.items()} | typed
    changes = answering.read_page(THEME, fields(replies, {line.statement.id: line.seal for line in shown}), clean).changes
    assert {change.statement: (change.reply, change.shown) for change in changes} == {
        statement: (reply, before[statement].version) for statement, reply in typed.items() if reply != before[statement].reply}


@given(st.dictionaries(st.sampled_from(IDS), STORED), st.dictionaries(st.sampled_from(IDS), STORED), PAGES)
def test_a_page_that_comes_back_shows_what_was_typed_and_can_be_sent_again(shown, stored, typed):
    """After an error, a language switch or the sign-in; meanwhile others may have saved."""
    seals = {statement: shown.get(statement, sheet.NOTHING).seal for statement in typed}
    read = answering.read_page(THEME, fields(typed, seals), clean)
    lines = sheet.lines(THEME, stored, since=clock.now(), typed=read)
    assert {line.statement.id: line.shown for line in lines if line.statement.id in typed} == typed
    again = {change.statement: change for change in answering.read_page(THEME, page_of(lines), clean).changes}
    for line in lines:
        if line.statement.id in typed and line.unsaved:
            wanted = next((change for change in read.changes if change.statement == line.statement.id), None)
            assert again.get(line.statement.id) == wanted
        else:
            assert line.statement.id not in again


@dataclass
class Device:
    """A browser with the script: a page, and a queue that outlives it. `told`: conflicts its person has been shown."""

    actor: object
    page: dict[str, Reply] = field(default_factory=dict)
    seals: dict[str, str] = field(default_factory=dict)
    queue: dict[str, tuple[Reply, str]] = field(default_factory=dict)
    told: list[tuple[str, Reply, Reply]] = field(default_factory=list)

    def open(self, stored: dict[str, Stored]) -> None:
        """Start, reload, Back, or resume after a crash: the page of the server, then what was still waiting."""
        for statement in IDS:
            now = stored.get(statement, sheet.NOTHING)
            self.page[statement], self.seals[statement] = self.queue.get(statement, (now.reply, now.seal))

    def type(self, statement: str, reply: Reply) -> None:
        self.page[statement] = reply
        self.queue[statement] = (reply, self.seals[statement])

    def take(self, saved, sent: dict[str, tuple[Reply, str]]) -> None:
        for statement, (reply, seal) in sent.items():
            now = saved.stored.get(statement, sheet.NOTHING)
            typed_on = self.page[statement] != reply
            if statement in saved.conflicts and typed_on:
                continue
            self.seals[statement] = now.seal
            if self.queue.get(statement) == (reply, seal):
                del self.queue[statement]
            if statement in saved.conflicts:
                self.told.append((statement, reply, now.reply))
                self.page[statement] = now.reply
            elif typed_on:
                self.queue[statement] = (self.page[statement], now.seal)


class TwoDevices(RuleBasedStateMachine):
    """Two people fill in the same theme. The model: the chain of all confirmed replies of each statement."""

    def __init__(self, filling):
        super().__init__()
        self.round = filling.round
        db.session.execute(delete(AnswerVersion))
        db.session.execute(delete(Answer))
        db.session.commit()
        self.devices = [Device(filling.actor), Device(actor_of(filling.colleague))]
        self.model: dict[str, list[Reply]] = {statement: [Reply()] for statement in IDS}
        self.sent_before = []

    @initialize()
    def both_open_the_page(self):
        for device in self.devices:
            device.open({})

    @rule(who=st.integers(0, 1), statement=st.sampled_from(IDS[:2]), reply=REPLIES, sends=st.booleans())
    def answers(self, who, statement, reply, sends):
        """With or without a network."""
        self.devices[who].type(statement, reply)
        if sends:
            self.sends(who, False, "answered", reply)

    @rule(who=st.integers(0, 1))
    def kills_the_browser_and_resumes(self, who):
        self.devices[who].open(queries.answers_of(self.round.id))

    @rule(who=st.integers(0, 1), whole=st.booleans(), arrives=st.sampled_from(["answered", "answer lost", "typed on"]), reply=REPLIES)
    def sends_again(self, who, whole, arrives, reply):
        self.sends(who, whole, arrives, reply)

    def sends(self, who, whole, arrives, reply):
        """The whole page by its button, or what waits by the script; the answer may be lost, or find something newer typed."""
        device = self.devices[who]
        sent = {s: (device.page[s], device.seals[s]) for s in IDS} if whole else dict(device.queue)
        saved = self.post(device, sent)
        if arrives == "typed on" and sent:
            device.type(min(sent), reply)
        if arrives != "answer lost":
            device.take(saved, sent)

    @rule(index=st.integers(0, 30))
    def an_old_request_arrives_again(self, index):
        """Double submit, a retry of the network, Reload on the answer to a POST."""
        if self.sent_before:
            self.post(*self.sent_before[index % len(self.sent_before)])

    def post(self, device: Device, sent):
        self.sent_before.append((device, sent))
        form = fields({s: reply for s, (reply, _) in sent.items()}, {s: seal for s, (_, seal) in sent.items()})
        changes = answering.read_page(THEME, form, clean).changes
        saved = services.save_answers(self.round, changes, by=device.actor)
        db.session.commit()
        conflicts = set()
        for change in changes:
            chain = self.model[change.statement]
            if change.shown == len(chain) - 1:
                chain.append(change.reply)
            elif chain[-1] != change.reply:
                conflicts.add(change.statement)
        assert set(saved.conflicts) == conflicts
        return saved

    @invariant()
    def every_confirmed_answer_is_there_or_was_seen_by_who_replaced_it(self):
        now = queries.answers_of(self.round.id)
        past = db.session.scalars(select(AnswerVersion).where(AnswerVersion.round_id == self.round.id).order_by(AnswerVersion.version))
        chains = {statement: [Reply()] for statement in IDS}
        for row in past:
            chains[row.statement].append(queries.reply_of(row))
        for statement, stored in now.items():
            assert stored.version == len(chains[statement])
            chains[statement].append(stored.reply)
        db.session.rollback()
        assert chains == self.model

    def teardown(self):
        """The network is back and both go on: nothing waits any more, both pages show what is stored, conflicts were told."""
        for device in self.devices * 2:
            device.open(queries.answers_of(self.round.id))
            sent = dict(device.queue)
            device.take(self.post(device, sent), sent)
            assert device.queue == {}
            assert all(mine != newer for _, mine, newer in device.told)
        for device in self.devices:
            device.open(queries.answers_of(self.round.id))
        assert self.devices[0].page == self.devices[1].page == {statement: chain[-1] for statement, chain in self.model.items()}


@pytest.mark.usefixtures("database")
def test_two_devices_offline_twice_and_in_conflict_end_equal():
    filling = make_filling()
    run_state_machine_as_test(
        lambda: TwoDevices(filling),
        settings=settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)),
    )
