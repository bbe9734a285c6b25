"""What did a trainer find in the workshop of an invented enterprise? Beside its own answers, as in life not always the same."""

from datetime import datetime, time, timedelta

from score_web.accounts.models import Person
from score_web.accounts.queries import actor_of
from score_web.assessment.answering import Change, Reply
from score_web.assessment.queries import latest_submitted
from score_web.assessment.services import rate_as_trainer
from score_web.core import clock
from score_web.core.db import db

FOUND = {
    "M1-A1": ("2", ""),
    "M1-A2": ("2", "三号车间看到了目标板，数字是上周的。"),
    "M1-B1": ("3", "看了两个班的班前会，都有记录。"),
    "M1-B2": ("2", ""),
    "M1-C1": ("1", "意见箱在，钥匙在办公室，员工说不清谁来答复。"),
    "M1-C2": ("1", ""),
    "M1-D2": ("2", ""),
    "M1-E1": ("3", ""),
    "M1-E2": ("2", ""),
}


def invent_verification(trainer: Person, enterprise: Person) -> None:
    """Nine days ago, in the afternoon of a visit."""
    round_ = latest_submitted(actor_of(enterprise).enterprise_id, 1)
    day = clock.today() - timedelta(days=9)
    with clock.at(min(clock.now(), datetime.combine(day, time(15, 40), clock.CHINA))):
        found = tuple(Change(statement, Reply(choice, note=note), 0) for statement, (choice, note) in FOUND.items())
        rate_as_trainer(round_, found, by=actor_of(trainer))
        db.session.flush()
