"""What tests of bookings stand on: a fixed morning, one approved enterprise with its baseline, a trainer who fits."""

import itertools
from datetime import UTC, date, datetime, timedelta

from score_web.accounts.models import Organisation
from score_web.assessment.models import AssessmentRound
from score_web.assessment.states import RoundState
from score_web.booking import queries, services
from score_web.booking.models import Booking
from score_web.booking.states import BookingKind
from score_web.core import clock
from score_web.core.db import db
from tests.factories import actor_of, make_enterprise, make_institution, make_trainer

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in China
FIRST, SECOND = date(2026, 3, 5), date(2026, 3, 6)  # Thursday and Friday, the first pair on offer

_numbers = itertools.count(1)


def stop_clock(monkeypatch, moment: datetime = MORNING) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def pass_time(monkeypatch, **span) -> None:
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)


def baseline(enterprise: Organisation, *modules: int) -> None:
    for module in modules or (1,):
        db.session.add(AssessmentRound(enterprise_id=enterprise.id, module=module, number=1, edition="2026", state=RoundState.SUBMITTED,
                                       submitted_at=clock.now(), first_submitted_at=clock.now()))
    db.session.flush()


class Scene:
    """`ask` requests as the enterprise would, from what is really on offer."""

    def __init__(self, levels: dict[int, str] | None = None):
        self.institution, self.partner = make_institution()
        self.enterprise, self.head = make_enterprise(institution=self.institution)
        baseline(self.enterprise)
        self.profile, self.trainer = make_trainer(self.institution, levels=levels)
        db.session.commit()

    def another(self) -> tuple[Organisation, object]:
        enterprise, head = make_enterprise(institution=self.institution, code=f"TEST{next(_numbers)}")
        baseline(enterprise)
        return enterprise, head

    def offers(self, enterprise=None, module=1, kind=BookingKind.CLASS):
        return queries.offers_for(enterprise or self.enterprise, module, kind)

    def ask(self, enterprise=None, head=None, *, module=1, kind=BookingKind.CLASS, first=FIRST, second=None) -> Booking:
        enterprise, head = enterprise or self.enterprise, head or self.head
        offer = next(o for o in self.offers(enterprise, module, kind) if o.days[0] == first and o.second_id == second)
        booking = services.request_booking(enterprise, module=module, kind=kind, offer=offer, message="Twenty people", by=actor_of(head))
        db.session.flush()
        return booking

    def accept(self, booking: Booking) -> Booking:
        services.accept_booking(booking, note="", by=actor_of(self.trainer))
        db.session.flush()
        return booking
