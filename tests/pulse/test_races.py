"""People answer while the job counts and while somebody closes: nobody is lost, nobody is counted twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from score_web.core.db import db
from score_web.pulse import services
from score_web.pulse.models import PulseCount, PulseSurvey, WaitingAnswer
from score_web.pulse.states import SurveyState
from tests.factories import actor_of
from tests.pulse.arrange import a_survey

pytestmark = pytest.mark.both_engines
CROWD = 20
COUNTERS = 4


def at_once(app, scene, meanwhile) -> list[int]:
    """Twenty phones send, four processes do `meanwhile`, all starting together. The answers' status codes."""
    path, said = scene.path, scene.all("1")
    db.session.rollback()  # on SQLite an open transaction would keep everybody else out
    gate = Barrier(CROWD + COUNTERS)

    def send(_number: int) -> int:
        http = app.test_client()
        gate.wait()
        return http.post(path, data=said).status_code

    def other(_number: int) -> None:
        with app.app_context():
            gate.wait()
            meanwhile()

    with ThreadPoolExecutor(CROWD + COUNTERS) as pool:
        sent = [pool.submit(send, n) for n in range(CROWD)]
        others = [pool.submit(other, n) for n in range(COUNTERS)]
        for one in others:
            one.result()
        return [one.result() for one in sent]


def found(survey_id: int) -> tuple[PulseSurvey, int, int]:
    """The survey, answers that wait, and answers to one statement that were counted."""
    survey = db.session.get(PulseSurvey, survey_id)
    waiting = db.session.scalar(select(func.count()).select_from(WaitingAnswer))
    counted = db.session.scalar(select(func.sum(PulseCount.told + PulseCount.held)).where(PulseCount.statement == "M1-A1")) or 0
    return survey, waiting, counted


def test_answering_while_the_job_counts(app):
    with app.app_context():
        scene = a_survey()
        number = scene.survey.id

        def count():
            for _ in range(5):
                services.count_all()
                db.session.commit()

        answers = at_once(app, scene, count)
    assert answers == [303] * CROWD
    with app.app_context():
        survey, waiting, counted = found(number)
        assert counted + waiting == CROWD
        assert survey.told + waiting == CROWD
        services.count_all()
        db.session.commit()
    with app.app_context():
        survey, waiting, counted = found(number)
        assert (waiting < 5, counted + waiting, survey.taken) == (True, CROWD, CROWD)


def test_answering_while_it_closes(app):
    with app.app_context():
        scene = a_survey()
        number, by = scene.survey.id, actor_of(scene.head)

        def close():
            survey = db.session.get(PulseSurvey, number)
            if survey.state is SurveyState.OPEN:
                try:
                    services.close_survey(survey, by=by)
                    db.session.commit()
                except services.Refused:
                    db.session.rollback()

        answers = at_once(app, scene, close)
    assert set(answers) <= {303, 409, 410}
    with app.app_context():
        survey, waiting, counted = found(number)
        assert survey.state is SurveyState.CLOSED
        assert waiting == 0
        assert survey.told + survey.dropped == answers.count(303) == survey.taken
        assert counted in (0, survey.told)
