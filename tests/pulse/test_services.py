"""What happens to answers: they wait, are counted in groups, told by steps, and what is left over is erased."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from score_web.assessment.lenses import Lens
from score_web.assessment.models import LensValue, WorkerVoice
from score_web.core import audit, clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.pulse import services
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer
from score_web.pulse.queries import lines_of
from score_web.pulse.states import SurveyState
from tests.factories import actor_of
from tests.pulse.arrange import Scene, a_survey

pytestmark = pytest.mark.both_engines


@pytest.fixture
def scene(database):
    return a_survey()


def answers(scene: Scene, number: int, choice: str = "2", **others) -> None:
    for _ in range(number):
        services.take_answer(scene.survey, scene.all(choice) | others, key=secrets.token_hex(16))
    db.session.flush()


def waiting() -> int:
    return db.session.scalar(select(func.count()).select_from(WaitingAnswer))


def told(scene: Scene) -> dict[str, tuple[int, int]]:
    rows = db.session.scalars(select(LensValue).where(LensValue.round_id == scene.round.id, LensValue.lens == Lens.WORKERS))
    return {row.statement: (row.sum, row.n) for row in rows}


def responses(scene: Scene) -> int | None:
    voice = db.session.get(WorkerVoice, scene.round.id, populate_existing=True)
    return voice.responses if voice else None


def test_four_answers_wait(scene):
    answers(scene, 4)
    assert services.count_all() == 0
    assert waiting() == 4
    assert told(scene) == {}
    assert responses(scene) is None
    assert {line.shown for line in lines_of(scene.survey)} == {None}


def test_five_answers_become_counts_and_are_erased(scene):
    answers(scene, 4, "3")
    answers(scene, 1, "1")
    assert services.count_all() == 5
    assert waiting() == 0
    assert told(scene) == dict.fromkeys(scene.ids, (13, 5))
    assert responses(scene) == 5
    counts = {(row.statement, row.choice): (row.told, row.held) for row in db.session.scalars(select(PulseCount))}
    assert counts == {(s, c): n for s in scene.ids for c, n in (("3", (4, 0)), ("1", (1, 0)))}


def test_later_on_one_stays_behind(scene):
    answers(scene, 5, "0")
    services.count_all()
    answers(scene, 5, "3")
    services.count_all()
    assert told(scene)[scene.ids[0]] == (0, 5), "five alike would be found out by subtraction"
    assert waiting() == 0
    answers(scene, 5, "3")
    services.count_all()
    assert told(scene)[scene.ids[0]] == (27, 14)
    assert responses(scene) == 15


def test_a_statement_that_few_answered_stays_hidden(scene):
    first, second = scene.ids[:2]
    answers(scene, 4)
    answers(scene, 3, "1", **{first: "dk", second: "0"})
    services.count_all()
    assert told(scene)[second] == (8, 7)
    assert first not in told(scene), "four ratings of it wait"
    line = lines_of(scene.survey)[0]
    assert (line.shown, line.number, line.no_idea) == (None, 0, 0)
    answers(scene, 5, "1", **{first: "dk"})
    services.count_all()
    assert lines_of(scene.survey)[0].no_idea == 8


def test_closing_counts_what_is_complete_and_erases_the_rest(scene):
    answers(scene, 7)
    services.count_all()
    answers(scene, 3)
    services.close_survey(scene.survey, by=actor_of(scene.head))
    db.session.flush()
    assert (scene.survey.state, scene.survey.dropped, scene.survey.told) == (SurveyState.CLOSED, 3, 7)
    assert waiting() == 0
    assert db.session.scalar(select(func.sum(PulseCount.held))) == 0
    assert told(scene)[scene.ids[0]] == (14, 7)
    with pytest.raises(Refused, match="closed"):
        answers(scene, 1)
    with pytest.raises(Refused):
        services.close_survey(scene.survey, by=actor_of(scene.head))


def test_closing_with_fewer_than_five_tells_nothing(scene):
    answers(scene, 4)
    services.close_survey(scene.survey, by=actor_of(scene.head))
    db.session.flush()
    assert (scene.survey.dropped, told(scene), waiting()) == (4, {}, 0)
    assert db.session.scalar(select(func.count()).select_from(PulseCount)) == 0


def test_the_day_after_the_last_one_it_closes_by_itself(scene):
    answers(scene, 6)
    with clock.at(clock.now() + timedelta(days=15)):
        with pytest.raises(Refused, match="closed"), db.session.begin_nested():
            answers(scene, 1)
        assert services.count_all() == 6
    assert scene.survey.state is SurveyState.CLOSED
    assert scene.survey.dropped == 0


def test_the_last_day_stays_within_reach(scene):
    by, today = actor_of(scene.head), clock.today()
    services.set_last_day(scene.survey, today + timedelta(days=60), by=by)
    for day in (today - timedelta(days=1), today + timedelta(days=61)):
        with pytest.raises(Refused, match="last day"):
            services.set_last_day(scene.survey, day, by=by)


def test_one_survey_for_each_self_assessment(scene):
    assert services.open_survey(scene.round, by=actor_of(scene.head)).id == scene.survey.id
    assert db.session.scalar(select(func.count()).select_from(PulseSurvey)) == 1


def test_the_same_form_sent_twice_is_one_answer(scene):
    for _ in range(3):
        services.take_answer(scene.survey, scene.all("1"), key="a" * 32)
    assert waiting() == 1
    db.session.refresh(scene.survey)
    assert scene.survey.taken == 1


def test_a_link_takes_only_so_many_answers(scene):
    """100 people: 100 an hour, 300 in all; the limit belongs to the link, whoever asks."""
    scene.survey.since_count = 99
    db.session.flush()
    answers(scene, 1)
    with pytest.raises(Refused, match="as many answers"), db.session.begin_nested():
        answers(scene, 1)
    services.count_all()
    answers(scene, 1)
    scene.survey.taken = 300
    db.session.flush()
    with pytest.raises(Refused, match="as many answers"), db.session.begin_nested():
        answers(scene, 1)


def test_slips_wait_like_all_others(scene):
    services.key_slip(scene.survey, scene.all("3"), key="b" * 32)
    answers(scene, 4)
    db.session.refresh(scene.survey)
    assert scene.survey.keyed == 1
    assert services.count_all() == 5
    assert [event.action for event in audit.history(scene.survey)] == ["pulse_survey.open"]


def test_nothing_chosen_is_no_answer(scene):
    with pytest.raises(Refused, match="Nothing is chosen"):
        services.take_answer(scene.survey, {}, key="c" * 32)
