"""Filling in together: statements marked for discussion, and who changed what, on both databases."""

import pytest

from score_web.assessment import services, sheet
from score_web.assessment.answering import Change, Reply
from score_web.assessment.models import AnswerVersion
from score_web.assessment.queries import joint
from score_web.core.db import db
from tests.asked import asked
from tests.assessment.filling import answer_all, form_of, replies, submitted
from tests.client import Client
from tests.factories import actor_of


@pytest.mark.both_engines
def test_the_history_has_every_version_with_both_values_and_both_names(f):
    """PEERS: answers were overwritten and nobody could see by whom."""
    services.save_answers(f.round, (Change("M1-A1", Reply("1", note="day shift"), 0), Change("M1-A2", Reply("2"), 0)), by=f.actor)
    services.save_answers(f.round, (Change("M1-A1", Reply("na", "no shop floor", discuss=True), 1),), by=actor_of(f.colleague))
    stale = services.save_answers(f.round, (Change("M1-A1", Reply("3"), 1), Change("M1-A2", Reply("3"), 1)), by=f.actor)
    assert list(stale.conflicts) == ["M1-A1"]
    newest, first = sheet.changes(joint.versions_of(f.round, "M1-A1"), since=f.round.started_at)
    assert (first.before, first.stored.reply, first.stored.by_name) == (Reply(), Reply("1", note="day shift"), f.manager.name)
    assert (newest.before, newest.stored.reply) == (first.stored.reply, Reply("na", "no shop floor", "", True))
    assert newest.stored.by_name == "Li Mei"
    assert newest.parts == ["choice", "reason", "note", "discuss"]
    assert [v.reply.choice for v in joint.versions_of(f.round, "M1-A2")] == ["2", "3"]
    assert joint.versions_of(f.round, "M1-A3") == []


@pytest.mark.both_engines
def test_a_new_self_assessment_starts_its_own_history_from_the_old_answer(f):
    submitted(f, but={"M1-A1": Reply("1", discuss=True)})
    second = services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    assert replies(second)["M1-A1"] == Reply("1"), "what was to be discussed last time is not marked again"
    services.save_answers(second, (Change("M1-A1", Reply("3"), 1),), by=f.actor)
    steps = sheet.changes(joint.versions_of(second, "M1-A1"), since=second.started_at)
    assert [(s.stored.reply.choice, s.carried) for s in steps] == [("3", False), ("1", True)]
    assert len(joint.versions_of(f.round, "M1-A1")) == 1


def test_a_whole_theme_costs_one_insert_more(f):
    answer_all(f.round, f.actor)
    with asked(db.engine) as statements:
        answer_all(f.round, f.actor, choice="3")
    assert sum("answer_version" in one for one in statements) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(AnswerVersion)) == 24


def test_a_mark_is_saved_and_taken_away_like_a_note(f, mine):
    page = mine.get(f"{f.path}/A")
    mine.post(page.path, form_of(page) | {"M1-A1.discuss": "1"})
    assert replies(f.round) == {"M1-A1": Reply(discuss=True)}
    page = mine.get(f"{f.path}/A")
    assert page.value("M1-A1.discuss") == "1"
    mine.post(page.path, form_of(page) | {"M1-A1": "2"})
    assert replies(f.round) == {"M1-A1": Reply("2", discuss=True)}
    page = mine.get(f"{f.path}/A")
    mine.post(page.path, {name: value for name, value in form_of(page).items() if name != "M1-A1.discuss"})
    assert replies(f.round) == {"M1-A1": Reply("2")}


def test_a_mark_over_somebody_elses_answer_is_a_conflict_like_any_other(app, f, mine):
    old = mine.get(f"{f.path}/A")
    hers = Client(app).sign_in(f.colleague)
    page = hers.get(f"{f.path}/A")
    hers.post(page.path, form_of(page) | {"M1-A1": "1"})
    page = mine.post(old.path, form_of(old) | {"M1-A1.discuss": "1"}, status=409)
    assert "Li Mei answered this in the meantime" in page.text
    assert page.value("M1-A1.discuss") is None
    assert replies(f.round) == {"M1-A1": Reply("1")}


def test_submitting_with_marks_is_allowed_and_warned_of(f, mine):
    answer_all(f.round, f.actor, but={"M1-B2": Reply("2", discuss=True)})
    page = mine.get(f"{f.path}/check")
    assert "1 statement is marked “discuss together”" in page.text
    assert f"{f.path}/B#M1-B2" in page.links()
    page = mine.follow(mine.post(f"{f.path}/check"))
    assert "Discuss together" in page.text


def test_the_page_of_changes_is_for_own_people(app, f, mine):
    answer_all(f.round, f.actor, but={"M1-A1": Reply("na", "<b>no shop floor</b>")})
    answer_all(f.round, actor_of(f.colleague), but={"M1-A1": Reply("2", note="since May", discuss=True)})
    assert f"{f.path}/history/M1-A1" in mine.get(f"{f.path}/A").links()
    page = mine.get(f"{f.path}/history/M1-A1")
    for said in ("Li Mei", f.manager.name, "Not applicable", "<b>no shop floor</b>", "Mostly in place", "since May", "discuss together"):
        assert said in page.text
    assert "Nobody has answered this yet" not in page.text
    mine.get(f"{f.path}/history/M9-A1", status=404)
    Client(app).sign_in(f.partner).get(f"{f.path}/history/M1-A1", status=404)
