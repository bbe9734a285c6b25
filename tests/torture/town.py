"""A small town in which everything may happen: who lives there and what they do all day."""

from sqlalchemy import delete

from score_web.accounts.models import Throttle
from score_web.assessment.services import start_round
from score_web.core.db import db
from score_web.permissions import Role
from score_web.pulse import anonymity
from score_web.pulse.queries import module_asked
from score_web.pulse.services import open_survey
from tests.booking.arrange import baseline
from tests.enrolment.people import begun
from tests.factories import actor_of, add_membership, make_enterprise, make_institution, make_person, make_trainer
from tests.torture import errands
from tests.torture.server import Visitor

CROWD = {"women": 40_000, "men": 40_000, "managers": 1_000, "workers": 79_000}  # a survey takes as many answers as there are people


class Town:
    """Call `errands` for the people of it; inside no application context."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            self._build()
            db.session.commit()

    def _build(self) -> None:
        institution, partner = make_institution()
        draft, head = begun()
        booker, booker_head = make_enterprise(institution=institution, code="91330200DEM033027M")
        baseline(booker)
        _, trainer = make_trainer(institution)
        fillers, manager = make_enterprise(institution=institution, code="91330200DEM033035G", **CROWD)
        changer, shower = make_person(), make_person()
        for person in (changer, shower):
            add_membership(person, fillers, Role.ENTERPRISE)
        db.session.flush()
        round_ = start_round(enterprise_id=fillers.id, module=1, by=actor_of(manager))
        db.session.flush()
        survey = open_survey(round_, by=actor_of(manager))
        db.session.flush()
        self.draft_id, self.booker_id, self.changer_id = draft.id, booker.id, changer.id
        self.round_id, self.survey_id = round_.id, survey.id
        self.token, self.asked = survey.token, [statement.id for statement in anonymity.asked(module_asked(survey))]
        self.emails = {"head": head, "partner": partner, "booker": booker_head, "trainer": trainer, "manager": manager,
                       "changer": changer, "shower": shower}
        self.emails = {name: person.email for name, person in self.emails.items()}

    def errands(self, visitor=Visitor) -> list[errands.Errand]:
        mail = self.emails
        return [
            errands.Enrolling(self, mail["head"], mail["partner"], visitor=visitor),
            errands.Visiting(self, mail["booker"], mail["trainer"], visitor=visitor),
            errands.Showing(self, mail["shower"], visitor=visitor),
            errands.Answering(self, visitor=visitor),
            errands.Keying(self, mail["manager"], visitor=visitor),
            errands.Changing(self, mail["changer"], visitor=visitor),
            errands.Registering(self, visitor=visitor),
        ]

    def forget_tries(self) -> None:
        """Nobody here is held up because so many come from one address."""
        with self.app.app_context():
            db.session.execute(delete(Throttle))
            db.session.commit()
