"""The server dies in the middle of saving and of everything else that people write, in every test run; `make torture` is the long form."""

import pytest

from score_web.core import uploads
from score_web.core.db import db
from tests.torture import Torture
from tests.torture import invariants as held
from tests.torture.points import Inside
from tests.torture.town import Town
from tests.torture.writes import Writes

KILLS = {"sqlite": 6, "postgresql": 4}
OTHER_KILLS = {"sqlite": 2, "postgresql": 2}
HARMS = [
    "UPDATE enrolment SET state = 'approved'",
    "UPDATE booking SET state = 'requested'",
    "DELETE FROM message WHERE path LIKE '/booking/%'",
    "DELETE FROM day_claim",
    "UPDATE mandate SET ends_at = starts_at",
    "UPDATE pulse_survey SET taken = taken + 1",
    "DELETE FROM enrolment_version",
]


@pytest.mark.both_engines
def test_what_was_confirmed_survives_kill_9(app, engine):
    count = Torture(app, whole=KILLS["sqlite"], hurry=True).run(KILLS[engine])
    assert count.kills == KILLS[engine]
    assert count.saves >= count.kills, "the kills came before anything was saved"
    assert count.sealed > 0 == count.waiting, "something is left without a seal"


@pytest.mark.both_engines
def test_every_other_write_survives_kill_9(app, engine):
    count = Writes(app, whole=OTHER_KILLS["sqlite"], hurry=True).run(OTHER_KILLS[engine])
    assert count.kills == OTHER_KILLS[engine]
    assert count.saves >= count.kills, "the kills came before anything was written"
    assert count.sealed > 0 == count.waiting, "something is left without a seal"


def test_an_audit_that_is_not_whole_would_be_noticed(app):
    torture = Torture(app)
    torture.audit_is_whole()
    with app.app_context():
        db.session.execute(db.text("UPDATE audit_head SET hash = 'another'"))
        db.session.commit()
    with pytest.raises(AssertionError, match="not the head that was written"):
        torture.audit_is_whole()


def test_a_confirmed_answer_that_is_gone_would_be_noticed(app):
    torture = Torture(app)
    torture.people[0].sent = torture.people[0].confirmed = 1
    with pytest.raises(AssertionError, match="1 was confirmed"):
        torture.compare()


def test_anything_half_done_would_be_noticed(app):
    town = Town(app)
    for errand in town.errands(lambda email: Inside(app, email))[:4]:
        errand.sign_in("")
        for _step in range(2 if type(errand).__name__ == "Visiting" else 1):
            errand.save("")
    with app.app_context():
        assert held.broken() == []
        for harm in HARMS:
            db.session.execute(db.text(harm))
            assert held.broken(), harm
            db.session.rollback()
        key = db.session.scalar(db.select(held.Evidence.file_key))
        uploads.folder().remove(key)
        assert "missing" in held.broken()[0]
        uploads.folder().store(b"nobody's")
        assert held.swept()[0].count("'") >= 2
