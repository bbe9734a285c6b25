"""A trainer rates what was seen: beside the self-assessment, never instead of it; remembered, told once, locked with the mandate."""

from datetime import timedelta

import pytest

from score_web.accounts.models import Mandate
from score_web.assessment import queries, services
from score_web.assessment.answering import Change, Reply
from score_web.assessment.lenses import Lens
from score_web.assessment.models import LensValue
from score_web.assessment.queries.lenses import lenses_of, trainer_ratings_of
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from tests.assessment.filling import form_of, make_filling, replies, submitted
from tests.client import Client
from tests.factories import actor_of, make_trainer

BOTH = pytest.mark.both_engines


@pytest.fixture
def f(database):
    made = make_filling()
    made.trainer, made.second = (with_mandate(made) for _ in range(2))
    submitted(made, but={"M1-A1": Reply("3", note="on the board")})
    return made


def with_mandate(f):
    _, person = make_trainer(f.institution)
    db.session.add(Mandate(enterprise_id=f.enterprise.id, person_id=person.id, because=f"booking:{person.id}",
                           starts_at=clock.now(), ends_at=clock.now() + timedelta(days=120)))
    db.session.commit()
    return person


def rate(f, person, shown: int = 0, **choices: str):
    """`A1="2"`; the note stands after a comma: `A1="2,seen in hall 3"`."""
    changes = [Change(f"M1-{key}", Reply(*_split(text)), shown) for key, text in choices.items()]
    saved = services.rate_as_trainer(f.round, tuple(changes), by=actor_of(person))
    db.session.commit()
    return saved


def _split(text: str) -> tuple[str, str, str]:
    choice, _, note = text.partition(",")
    return choice, "", note


def lens_rows(f, lens: Lens) -> dict[str, int]:
    rows = db.select(LensValue.statement, LensValue.sum).where(LensValue.round_id == f.round.id, LensValue.lens == lens)
    return {statement: total for statement, total in db.session.execute(rows)}


@BOTH
def test_self_values_never_change(f):
    before, own = replies(f.round), lens_rows(f, Lens.SELF)
    score = queries.score_of(f.round)
    rate(f, f.trainer, A1="0", A2="1", B1="3")
    services.add_worker_values(f.round, {"M1-A1": (0, 12)})
    db.session.commit()
    assert (replies(f.round), lens_rows(f, Lens.SELF), queries.score_of(f.round)) == (before, own, score)
    seen = lenses_of(f.round)
    assert (seen.rows[0].own, seen.rows[0].trainer.percent, seen.rows[0].workers.percent) == (75, 17, 10)


@BOTH
def test_ratings_are_changed_taken_back_and_remembered(f):
    rate(f, f.trainer, A1="2,hall 3", A2="1")
    rate(f, f.second, 1, A1="1,hall 3 and 4", A2="")
    assert lens_rows(f, Lens.TRAINER) == {"M1-A1": 1}
    assert {key: (s.reply.choice, s.reply.note, s.by_name) for key, s in trainer_ratings_of(f.round.id).items()} == {
        "M1-A1": ("1", "hall 3 and 4", f.second.name), "M1-A2": ("", "", f.second.name)}
    memory = [(e.by_name, e.data["ratings"], e.words) for e in audit.history(f.round) if e.action == "assessment_round.verify"]
    assert memory[0] == (f.second.name, {"M1-A1": [2, 1], "M1-A2": [1, None]}, {"M1-A1": ["hall 3", "hall 3 and 4"]})
    assert memory[1][0] == f.trainer.name


@BOTH
def test_two_trainers_at_once_lose_nothing(f):
    rate(f, f.trainer, A1="2", B1="1")
    saved = rate(f, f.second, A1="0", B1="1", B2="3")
    assert {key: change.reply.choice for key, change in saved.conflicts.items()} == {"M1-A1": "0"}
    assert saved.stored["M1-A1"].by_name == f.trainer.name
    assert lens_rows(f, Lens.TRAINER) == {"M1-A1": 2, "M1-B1": 1, "M1-B2": 3}


@BOTH
def test_the_enterprise_is_told_once(f):
    rate(f, f.trainer, A1="2")
    rate(f, f.second, B1="2")
    rate(f, f.trainer, 1, A1="1")
    told = [m for m in db.session.scalars(db.select(Message)) if "in the workshop" in m.subject_en]
    assert {m.person_id for m in told} == {f.manager.id, f.colleague.id}
    assert len(told) == 2
    assert told[0].path == f"/assessment/{f.round.id}/results"


@BOTH
def test_only_what_is_submitted_is_rated(f):
    rate(f, f.trainer, A1="1")
    services.reopen_round(f.round, by=actor_of(f.partner), reason="numbers")
    db.session.commit()
    with pytest.raises(Refused):
        services.rate_as_trainer(f.round, (Change("M1-A2", Reply("1"), 0),), by=actor_of(f.trainer))
    db.session.rollback()
    assert (lens_rows(f, Lens.SELF), lens_rows(f, Lens.TRAINER)) == ({}, {"M1-A1": 1})


def test_a_trainer_rates_on_one_page_beside_the_answers(app, f):
    client = Client(app).sign_in(f.trainer)
    page = client.get(f"{f.path}/results")
    assert f"{f.path}/verify" in page.links()
    page = client.get(f"{f.path}/verify")
    assert "The enterprise says: Fully in place" in page.text
    assert "on the board" in page.text
    assert page.value("M1-A1") == ""
    client.post(f"{f.path}/verify", form_of(page) | {"M1-A1": "1", "M1-A1.note": "only in hall 3", "M1-B1": "2"})
    page = client.get(f"{f.path}/verify")
    assert (page.value("M1-A1"), page.value("M1-A1.note"), page.value("M1-B2")) == ("1", "only in hall 3", "")
    page = Client(app).sign_in(f.manager).get(f"{f.path}/results")
    assert f"{f.path}/verify" not in page.links()
    assert "Comment: only in hall 3" in page.text
    assert ["A Shared goals and leadership", "75%", "33%1/4"] in [[page.text_of(c) for c in row] for row in page.find_all("tr")]
    assert "Trainer rated 2 statements in the workshop" in page.text


def test_both_values_and_names_are_shown_when_another_trainer_was_faster(app, f):
    client = Client(app).sign_in(f.second)
    form = form_of(client.get(f"{f.path}/verify"))
    rate(f, f.trainer, A1="2")
    page = client.post(f"{f.path}/verify", form | {"M1-A1": "0", "M1-A2": "1"}, status=409)
    assert f"{f.trainer.name} answered this in the meantime" in page.text
    assert (page.value("M1-A1"), page.value("M1-A2")) == ("2", "1")
    assert lens_rows(f, Lens.TRAINER) == {"M1-A1": 2, "M1-A2": 1}


def test_what_was_typed_survives_a_refusal_and_the_language_switch(app, f):
    client = Client(app).sign_in(f.trainer)
    form = form_of(client.get(f"{f.path}/verify")) | {"M1-C1": "3", "M1-C1.note": "seen"}
    page = client.post(f"{f.path}/verify".replace("/en/", "/zh/"), form | {"switch_language": "1"}, status=200)
    assert (page.value("M1-C1"), page.value("M1-C1.note")) == ("3", "seen")
    page = client.post(f"{f.path}/verify", form | {"M1-C1.note": "x" * 2001}, status=422)
    assert page.value("M1-C1") == "3"
    services.reopen_round(f.round, by=actor_of(f.partner), reason="numbers")
    page = client.post(f"{f.path}/verify", form, status=409)
    assert page.value("M1-C1.note") == "seen"
    assert lens_rows(f, Lens.TRAINER) == {}
    client.post(f"{f.path}/verify", form | {"M1-C1": "na"}, status=400)


def test_answers_that_are_being_changed_are_not_shown_to_a_trainer(app, f):
    client = Client(app).sign_in(f.trainer)
    page = client.get(f"{f.path}/verify")
    assert "The enterprise says" in page.text
    form = form_of(page) | {"M1-C1": "3"}
    services.reopen_round(f.round, by=actor_of(f.partner), reason="numbers")
    for more, status in (({}, 409), ({"switch_language": "1"}, 200), ({"M1-C1.note": "x" * 2001}, 422), ({"csrf_token": "stale"}, 400)):
        page = client.post(f"{f.path}/verify", form | more, status=status)
        assert page.value("M1-C1") == "3"
        assert "The enterprise says" not in page.text and "on the board" not in page.text


def test_with_the_mandate_ends_the_right(app, f):
    client = Client(app).sign_in(f.trainer)
    form = form_of(client.get(f"{f.path}/verify"))
    db.session.execute(db.update(Mandate).values(ends_at=clock.now() - timedelta(seconds=1)))
    client.get(f"{f.path}/verify", status=404)
    client.post(f"{f.path}/verify", form | {"M1-A1": "1"}, status=404)
    for person in (f.manager, f.partner):
        Client(app).sign_in(person).get(f"{f.path}/verify", status=404)
    assert lens_rows(f, Lens.TRAINER) == {}
