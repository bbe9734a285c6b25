"""Who takes part and who does which theme: said once, told once, never overwritten unseen."""

import pytest

from score_web.accounts.models import MembershipRow
from score_web.accounts.services.memberships import end_membership
from score_web.assessment import services
from score_web.assessment.models import Participants, ThemeAssignment
from score_web.assessment.queries import joint
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from tests.assessment.filling import answer_all, submitted
from tests.client import Client
from tests.factories import actor_of


def fields_of(page) -> dict[str, str]:
    names = {e.get("name") for tag in ("input", "select") for e in page.find_all(tag) if e.get("name")}
    return {name: page.value(name) or "" for name in names}


def give(f, doers: dict[str, int], people=None, shown=None, by=None) -> None:
    shown = shown or joint.together(f.round).seal
    services.set_together(f.round, people=people, doers=doers, shown=shown, by=by or f.actor)
    db.session.commit()


def news(person) -> list[Message]:
    return list(db.session.scalars(db.select(Message).where(Message.person_id == person.id).order_by(Message.id)))


def test_the_page_asks_once_and_others_show_it(f, mine):
    assert f"{f.path}/people" in mine.get("/en/assessment/").links()
    answer_all(f.round, f.actor)
    assert "Not said yet." in mine.get(f"{f.path}/check").text
    page = mine.get(f"{f.path}/people")
    heads = {"managers_women": "1", "managers_men": "２", "workers_women": "5"}
    page = mine.follow(mine.post(page.path, fields_of(page) | heads | {"theme_A": str(f.colleague.id), "theme_C": str(f.manager.id)}))
    row = db.session.get(Participants, f.round.id)
    assert (row.managers, row.workers, row.women, row.men, row.total) == (3, 5, 6, 2, 8)
    assert f.round.participants is row
    assert "A is done by Li Mei" in mine.get(f"{f.path}/A").text
    assert "C is done by you" in mine.get(f"{f.path}/C").text
    hub = mine.get("/en/assessment/").text
    assert "A is done by Li Mei" in hub
    assert "3 (women 1, men 2)" in mine.get(f"{f.path}/check").text
    mine.post(f"{f.path}/check")
    assert "5 (women 5, men 0)" in mine.get(f"{f.path}/results").text
    assert mine.get(f"{f.path}/people", status=302).location == f"{f.path}/results"


@pytest.mark.parametrize("typed", ["-1", "1000", "two", "1.5"])
def test_what_is_no_head_count_is_said_beside_the_field(f, mine, typed):
    page = mine.get(f"{f.path}/people")
    page = mine.post(page.path, fields_of(page) | {"workers_men": typed, "theme_A": str(f.colleague.id)}, status=200)
    assert len(page.errors) == 1
    assert (page.value("workers_men"), page.value("theme_A")) == (typed, str(f.colleague.id))
    assert db.session.scalars(db.select(ThemeAssignment)).all() == []


def test_nobody_from_outside_can_be_given_a_theme(f, mine):
    page = mine.get(f"{f.path}/people")
    page = mine.post(page.path, fields_of(page) | {"theme_A": str(f.partner.id)}, status=200)
    assert len(page.errors) == 1
    with pytest.raises(Refused, match="does not belong to your enterprise"):
        give(f, {"M1-A": f.partner.id})


@pytest.mark.both_engines
def test_one_message_for_all_new_themes_and_none_for_saving_again(f):
    give(f, {"M1-A": f.colleague.id, "M1-C": f.colleague.id, "M1-B": f.manager.id}, people=(1, 0, 2, 3))
    give(f, {"M1-A": f.colleague.id, "M1-C": f.colleague.id, "M1-B": f.manager.id}, people=(1, 0, 2, 4))
    assert [m.path for m in news(f.colleague)] == [f"/assessment/{f.round.id}/A"]
    assert all(title in news(f.colleague)[0].body_en for title in ("A ", "C "))
    assert news(f.manager) == [], "nobody is told of what they did themselves"
    give(f, {"M1-A": f.colleague.id, "M1-B": f.colleague.id}, by=actor_of(f.manager))
    assert len(news(f.colleague)) == 2
    assert {theme: doer.name for theme, doer in joint.doing(f.round).items()} == {"M1-A": "Li Mei", "M1-B": "Li Mei"}
    assert joint.together(f.round).people is None


@pytest.mark.both_engines
def test_what_a_colleague_said_meanwhile_is_not_overwritten_unseen(f):
    old = joint.together(f.round).seal
    give(f, {"M1-A": f.colleague.id}, people=(1, 1, 1, 1), by=actor_of(f.colleague))
    with pytest.raises(Refused, match="has changed this in the meantime"):
        give(f, {}, people=(2, 2, 2, 2), shown=old)
    db.session.rollback()
    assert joint.together(f.round).people == (1, 1, 1, 1)


def test_the_refused_page_shows_both_and_the_second_press_means_it(app, f, mine):
    page = mine.get(f"{f.path}/people")
    hers = Client(app).sign_in(f.colleague)
    other = hers.get(f"{f.path}/people")
    hers.post(other.path, fields_of(other) | {"workers_men": "7"})
    page = mine.post(page.path, fields_of(page) | {"workers_men": "9"}, status=409)
    assert "7 (women 0, men 7)" in page.text
    assert page.value("workers_men") == "9"
    mine.post(page.path, fields_of(page))
    assert joint.together(f.round).people == (0, 0, 0, 9)


def test_who_has_left_does_no_theme_any_more(f, mine):
    give(f, {"M1-A": f.colleague.id})
    row = db.session.scalar(db.select(MembershipRow).where(MembershipRow.person_id == f.colleague.id))
    end_membership(row, by=f.actor)
    db.session.commit()
    assert "is done by" not in mine.get(f"{f.path}/A").text
    page = mine.get(f"{f.path}/people")
    assert "Li Mei, who was to do it, does not work here any more." in page.text
    assert not page.value("theme_A")
    mine.post(page.path, fields_of(page))
    assert joint.together(f.round).doers == {}


def test_after_submission_it_is_locked(f):
    submitted(f)
    with pytest.raises(Refused, match="who took part is locked too"):
        give(f, {}, people=(1, 1, 1, 1))
