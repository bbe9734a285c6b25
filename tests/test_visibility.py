"""Do lists show exactly what one may open? For every record and every persona: in `…_visible_to(actor)` if and only if permitted."""

import importlib
import inspect

import pytest

from score_web.accounts import queries as accounts
from score_web.accounts.models import Person
from score_web.assessment import queries as assessment
from score_web.assessment.models import AssessmentRound
from score_web.booking import queries as booking
from score_web.booking.models import Booking
from score_web.core.db import db
from score_web.enrolment import queries as enrolment
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState
from score_web.permissions import Permission, permitted
from score_web.privacy import queries as privacy
from score_web.privacy.models import DataRequest, Erasure
from score_web.pulse import queries as pulse
from score_web.pulse.models import PulseSurvey
from score_web.trainers import queries as trainers
from score_web.trainers.models import TrainerProfile
from tests.factories import actor_of, make_enterprise, make_institution, make_trainer
from tests.source import FEATURES, PACKAGE
from tests.world import World

pytestmark = pytest.mark.both_engines
LISTS = {
    enrolment.enrolments_visible_to: (Enrolment, Permission.ENROLMENT_VIEW),
    assessment.rounds_visible_to: (AssessmentRound, Permission.ROUND_VIEW),
    pulse.pulse_surveys_visible_to: (PulseSurvey, Permission.PULSE_MANAGE),
    booking.bookings_visible_to: (Booking, Permission.BOOKING_VIEW),
    trainers.trainer_profiles_visible_to: (TrainerProfile, Permission.TRAINER_VIEW),
    accounts.people_visible_to: (Person, Permission.PERSON_OVERSEE),
    privacy.requests_visible_to: (DataRequest, Permission.DATA_REQUEST_ANSWER),
    privacy.erasures_visible_to: (Erasure, Permission.ERASURE_DECIDE),
}


def test_every_list_is_compared_here():
    modules = [importlib.import_module(f"score_web.{name}.queries") for name in FEATURES
               if (PACKAGE / name / "queries.py").exists() or (PACKAGE / name / "queries").is_dir()]
    found = {f for module in modules for name, f in inspect.getmembers(module, inspect.isfunction)
             if name.endswith("_visible_to") and f.__module__ == module.__name__}
    assert found == set(LISTS)


@pytest.mark.parametrize("visible_to", LISTS, ids=lambda f: f.__name__)
def test_lists_show_what_one_may_open(database, visible_to):
    model, permission = LISTS[visible_to]
    world = World()
    chongqing, _ = make_institution(scope="50")
    for state in EnrolmentState:  # elsewhere, in every state: what could leak
        enterprise, _ = make_enterprise(
            state=state, institution=None if state is EnrolmentState.DRAFT else chongqing, division_code="500100", code="91500000DEM050011J"
        )
        world._round(enterprise)
    make_trainer(chongqing)
    db.session.flush()
    records = db.session.scalars(db.select(model)).all()
    assert len(records) > 1
    for persona, person in world.people.items():
        actor = actor_of(person)
        listed = {record.id for record in db.session.scalars(visible_to(actor)).unique()}
        assert listed == {record.id for record in records if permitted(permission, actor, record)}, persona
