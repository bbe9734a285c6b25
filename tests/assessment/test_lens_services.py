"""Three lenses in one table: none overwrites another, and workers' ratings come in steps of at least five."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from score_web.assessment import services
from score_web.assessment.answering import Reply
from score_web.assessment.lenses import Lens
from score_web.assessment.models import LensValue, WorkerVoice
from score_web.core.db import db
from tests.assessment.filling import answer_all, submitted
from tests.factories import actor_of

pytestmark = pytest.mark.both_engines


def rows(round_, lens):
    db.session.flush()
    found = select(LensValue.statement, LensValue.sum, LensValue.n).where(LensValue.round_id == round_.id, LensValue.lens == lens)
    return {statement: (total, n) for statement, total, n in db.session.execute(found)}


def test_submitting_writes_the_self_lens_and_reopening_takes_it_back(f):
    submitted(f, but={"M1-A1": Reply("3"), "M1-B5": Reply("na", "no union yet")})
    found = rows(f.round, Lens.SELF)
    assert (found["M1-A1"], found["M1-A2"], len(found)) == ((3, 1), (2, 1), 23)
    assert "M1-B5" not in found
    services.reopen_round(f.round, by=actor_of(f.partner), reason="please look again")
    db.session.commit()
    assert rows(f.round, Lens.SELF) == {}
    answer_all(f.round, f.actor, choice="1")
    services.submit_round(f.round, by=f.actor)
    assert set(rows(f.round, Lens.SELF).values()) == {(1, 1)}


def test_ratings_of_workers_add_up(f):
    services.add_worker_values(f.round, {"M1-A2": (9, 6), "M1-B1": (10, 5)})
    services.add_worker_values(f.round, {"M1-B1": (3, 7)})
    assert rows(f.round, Lens.WORKERS) == {"M1-A2": (9, 6), "M1-B1": (13, 12)}


@pytest.mark.parametrize("values", [{"M1-A4": (5, 5)}, {"M1-A2": (9, 4)}, {"M2-A1": (9, 6)}])
def test_never_fewer_than_five_ratings_and_only_of_what_workers_were_asked(f, values):
    with pytest.raises(ValueError, match="not asked, or fewer"):
        services.add_worker_values(f.round, values)


@pytest.mark.parametrize(("lens", "total", "number"), [
    (Lens.WORKERS, 9, 4), (Lens.WORKERS, 16, 5), (Lens.SELF, 4, 2), (Lens.TRAINER, 4, 1)])
def test_the_database_itself_keeps_single_workers_out(f, lens, total, number):
    db.session.add(LensValue(round_id=f.round.id, statement="M1-A1", lens=lens, sum=total, n=number))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_workers_never_touch_the_self_assessment(f):
    submitted(f)
    before = rows(f.round, Lens.SELF)
    services.add_worker_values(f.round, {"M1-A2": (0, 10)})
    assert rows(f.round, Lens.SELF) == before


def test_responses_stand_beside_the_head_count_of_the_enrolment(f):
    services.set_worker_responses(f.round, 12)
    services.set_worker_responses(f.round, 17)
    db.session.flush()
    voice = db.session.get(WorkerVoice, f.round.id)
    assert (voice.responses, voice.head_count) == (17, 100)
