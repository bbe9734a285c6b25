"""A survey of a 100-person factory, and workers who answer it."""

from dataclasses import dataclass
from datetime import timedelta

from score_web.accounts.models import Person
from score_web.assessment.models import AssessmentRound
from score_web.assessment.services import start_round
from score_web.core import clock, jobs
from score_web.core.db import db
from score_web.pulse import anonymity, services
from score_web.pulse.models import PulseSurvey
from score_web.pulse.queries import module_asked
from tests.client import Client
from tests.factories import actor_of, make_enterprise, make_institution


@dataclass
class Scene:
    head: Person
    round: AssessmentRound
    survey: PulseSurvey

    @property
    def path(self) -> str:
        return f"/zh/pulse/{self.survey.token}"

    @property
    def ids(self) -> list[str]:
        return [statement.id for statement in anonymity.asked(module_asked(self.survey))]

    def all(self, choice: str) -> dict[str, str]:
        return dict.fromkeys(self.ids, choice)


def a_survey() -> Scene:
    institution, _ = make_institution()
    enterprise, head = make_enterprise(institution=institution)
    round_ = start_round(enterprise_id=enterprise.id, module=1, by=actor_of(head))
    db.session.flush()
    survey = services.open_survey(round_, by=actor_of(head))
    db.session.commit()
    return Scene(head, round_, survey)


def answer(app, scene: Scene, said: dict[str, str], **options):
    """Somebody with a phone of their own."""
    return Client(app).post(scene.path, said, **options)


def an_hour_later() -> list[str]:
    """The jobs run; returns which."""
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        return jobs.run_due()
