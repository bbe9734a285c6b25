"""What happens to a booking, row by row, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from score_web.accounts.models import Mandate
from score_web.booking import queries, services
from score_web.booking.models import Booking
from score_web.booking.offers import Offer
from score_web.booking.queries.lists import coming_for
from score_web.booking.states import BookingKind, BookingState
from score_web.core import clock
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.mail import Message
from score_web.trainers.models import DayClaim
from score_web.trainers.services import change_days_off, end_level
from tests.booking.arrange import FIRST, MORNING, SECOND, Scene, baseline, pass_time, stop_clock
from tests.factories import actor_of, make_trainer

pytestmark = pytest.mark.both_engines


@pytest.fixture
def scene(database, monkeypatch):
    stop_clock(monkeypatch)
    return Scene()


def refusal(call, *args, **values) -> str:
    with pytest.raises(Refused) as no:
        call(*args, **values)
    db.session.rollback()
    return no.value.sentence.msgid


def claims() -> list[tuple]:
    return [tuple(row) for row in db.session.execute(db.select(DayClaim.day, DayClaim.because).order_by(DayClaim.day))]


def told() -> list[tuple[int, str]]:
    return [tuple(row) for row in db.session.execute(db.select(Message.person_id, Message.subject_en).order_by(Message.id))]


def test_a_request_claims_nothing_and_tells_the_trainer(scene):
    booking = scene.ask()
    assert (booking.state, booking.sequence, booking.days) == (BookingState.REQUESTED, 0, [FIRST, SECOND])
    assert booking.expires_at == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)  # midnight in China before the first day: earlier than 72 hours
    assert claims() == []
    assert db.session.scalars(db.select(Mandate)).all() == []
    enterprise = scene.enterprise.name_en
    assert told() == [(scene.trainer.id, f"{enterprise} asks you to come on Thu 5 Mar and Fri 6 Mar")]


def test_a_request_for_later_days_lapses_after_72_hours(scene):
    assert scene.ask(first=date(2026, 3, 10)).expires_at == MORNING + timedelta(hours=72)


def test_accepting_claims_the_days_opens_the_mandate_and_tells_all_others(scene):
    booking = scene.ask()
    before = len(told())
    services.accept_booking(booking, note="Bring the log", by=actor_of(scene.trainer))
    db.session.flush()
    assert (booking.state, booking.sequence, booking.answer) == (BookingState.ACCEPTED, 1, "Bring the log")
    assert claims() == [(FIRST, booking.because), (SECOND, booking.because)]
    mandate = db.session.scalars(db.select(Mandate)).one()
    assert (mandate.enterprise_id, mandate.person_id, mandate.because) == (scene.enterprise.id, scene.trainer.id, booking.because)
    assert mandate.ends_at == datetime(2026, 7, 4, 16, 0, tzinfo=UTC)  # the end of 4 July in China: 120 days after 6 March
    assert actor_of(scene.trainer).mandates == {scene.enterprise.id}
    assert [person for person, _ in told()[before:]] == [scene.head.id, scene.partner.id]


def test_an_expert_brings_a_candidate_and_both_are_claimed(database, monkeypatch):
    stop_clock(monkeypatch)
    scene = Scene({1: "expert"})
    second, candidate = make_trainer(scene.institution, levels={1: "candidate"})
    booking = scene.accept(scene.ask(second=candidate.id))
    rows = db.session.execute(db.select(DayClaim.trainer_id, DayClaim.day).order_by(DayClaim.trainer_id, DayClaim.day)).all()
    assert [tuple(row) for row in rows] == [(p, d) for p in sorted((scene.profile.id, second.id)) for d in (FIRST, SECOND)]
    assert {m.person_id for m in db.session.scalars(db.select(Mandate))} == {scene.trainer.id, candidate.id}
    assert booking.trainer_ids == {scene.trainer.id, candidate.id}


def test_declining_needs_a_reason_and_tells_the_enterprise(scene):
    booking = scene.ask()
    db.session.commit()
    by = actor_of(scene.trainer)
    assert refusal(services.decline_booking, booking, reason=" ", by=by) == "Please write the reason: the other side will read it."
    services.decline_booking(booking, reason="I am abroad & <busy>", by=by)
    db.session.flush()
    message = db.session.scalars(db.select(Message).where(Message.person_id == scene.head.id)).one()
    assert message.subject_en == "The trainer cannot come on Thu 5 Mar and Fri 6 Mar"
    assert "“I am abroad & <busy>”" in message.body_en
    assert "“I am abroad & <busy>”" in message.body_zh
    assert (booking.state, claims()) == (BookingState.DECLINED, [])


@pytest.mark.parametrize("who", ["head", "partner", "trainer"])
def test_cancelling_frees_the_days_ends_the_mandate_and_tells_the_two_others(scene, who, monkeypatch):
    booking = scene.accept(scene.ask())
    pass_time(monkeypatch, hours=1)
    before = len(told())
    services.cancel_booking(booking, reason="Fire in the hall", by=actor_of(getattr(scene, who)))
    db.session.flush()
    assert (booking.state, booking.sequence, claims()) == (BookingState.CANCELLED, 2, [])
    assert actor_of(scene.trainer).mandates == frozenset()
    others = {getattr(scene, name).id for name in ("head", "partner", "trainer") if name != who}
    assert {person for person, _ in told()[before:]} == others
    assert len(told()[before:]) == 2
    scene.accept(scene.ask())
    assert [because for _, because in claims()] == ["booking:2", "booking:2"]


def test_completed_from_the_last_day_on_and_the_mandate_stays(scene, monkeypatch):
    booking = scene.accept(scene.ask())
    db.session.commit()
    by = actor_of(scene.trainer)
    assert refusal(services.complete_booking, booking, by=by) == "This can be marked as completed from its last day on: %(day)s."
    pass_time(monkeypatch, days=4)
    services.complete_booking(booking, by=by)
    db.session.flush()
    assert booking.state is BookingState.COMPLETED
    assert actor_of(scene.trainer).mandates == {scene.enterprise.id}


def test_an_overdue_request_is_lapsed_everywhere_before_anybody_writes_it_down(scene, monkeypatch):
    booking = scene.ask(first=date(2026, 3, 10))
    db.session.commit()
    pass_time(monkeypatch, hours=72)
    assert booking.state_now is BookingState.LAPSED
    by = actor_of(scene.trainer)
    sentence = "This request was not answered in time and has lapsed. The enterprise can ask again."
    assert refusal(services.accept_booking, booking, note="", by=by) == sentence
    assert refusal(services.decline_booking, booking, reason="no", by=by) == sentence
    assert refusal(services.cancel_booking, booking, reason="no", by=actor_of(scene.head)) == sentence
    assert queries.open_class(scene.enterprise.id, 1) is None
    assert queries.waiting_for(by) == []
    assert scene.ask(first=date(2026, 3, 10)).state_now is BookingState.REQUESTED
    assert booking.state is BookingState.LAPSED  # the next request wrote it down


def test_lapsing_tells_both_sides_once(app, scene, monkeypatch):
    scene.ask(first=date(2026, 3, 10))
    db.session.commit()
    pass_time(monkeypatch, hours=73)
    before = len(told())
    run = app.test_cli_runner().invoke
    assert run(args=["booking", "lapse"]).output == "1 lapsed\n"
    assert run(args=["booking", "lapse"]).output == "0 lapsed\n"
    db.session.expire_all()
    assert [person for person, _ in told()[before:]] == [scene.head.id, scene.trainer.id]


def test_one_open_class_request_per_module_and_no_two_bookings_on_a_day(scene):
    baseline(scene.enterprise, 2)
    make_trainer(scene.institution, levels={1: "certified", 2: "certified"})
    scene.accept(scene.ask())
    db.session.commit()
    by, free = actor_of(scene.head), scene.offers(module=1)
    assert refusal(services.request_booking, scene.enterprise, module=1, kind=BookingKind.CLASS, offer=free[-1], message="", by=by) == (
        "You have already asked for a class in module %(module)s")
    same_days = Offer(free[0].lead_id, None, (FIRST, SECOND))
    assert refusal(services.request_booking, scene.enterprise, module=2, kind=BookingKind.CLASS, offer=same_days, message="", by=by) == (
        "You already have a booking on one of these days. Choose other days.")
    assert min(offer.days[0] for offer in scene.offers(module=2)) > SECOND


def test_days_that_are_not_on_offer_are_refused(scene):
    by = actor_of(scene.head)
    for days in ((date(2026, 3, 6), date(2026, 3, 9)), (date(2026, 5, 1), date(2026, 5, 2)), (date(2026, 3, 3), date(2026, 3, 4))):
        offer = Offer(scene.trainer.id, None, days)
        assert refusal(services.request_booking, scene.enterprise, module=1, kind=BookingKind.CLASS, offer=offer, message="", by=by) == (
            "These days are no longer free. Choose other days.")


def test_a_visit_comes_after_the_first_class_day(scene, monkeypatch):
    scene.accept(scene.ask())
    db.session.commit()
    pass_time(monkeypatch, days=3)  # the first class day itself
    assert not queries.may_visit(scene.enterprise.id, 1)
    pass_time(monkeypatch, days=1)
    assert queries.may_visit(scene.enterprise.id, 1)
    visit = scene.ask(kind=BookingKind.VISIT, first=date(2026, 3, 9))
    assert (visit.kind, visit.days) == (BookingKind.VISIT, [date(2026, 3, 9)])
    assert not queries.may_visit(scene.enterprise.id, 2)


def test_everything_is_asked_again_when_the_trainer_accepts(scene):
    booking = scene.ask()
    db.session.commit()
    by = actor_of(scene.trainer)
    change_days_off(scene.profile, add={SECOND}, drop=set(), by=by)
    db.session.commit()
    assert refusal(services.accept_booking, booking, note="", by=by).startswith("These days are no longer free in your calendar")
    change_days_off(scene.profile, add=set(), drop={SECOND}, by=by)
    end_level(scene.profile, module=1, reason="Retired", by=actor_of(scene.partner))
    db.session.commit()
    assert refusal(services.accept_booking, booking, note="", by=by).startswith("You are not certified for module")
    assert (booking.state, claims()) == (BookingState.REQUESTED, [])


def test_others_who_asked_for_the_same_days_stay_and_are_refused_later(scene):
    first, rival = scene.ask(), scene.ask(*scene.another())
    assert queries.rivals(first) == [rival]
    scene.accept(first)
    db.session.commit()
    assert rival.state_now is BookingState.REQUESTED
    assert refusal(services.accept_booking, rival, note="", by=actor_of(scene.trainer)).startswith("These days are no longer free")


def test_reads_for_others(scene):
    trainer, head, partner = (actor_of(p) for p in (scene.trainer, scene.head, scene.partner))
    assert queries.may_book(scene.enterprise.id, 1)
    booking = scene.ask()
    assert not queries.may_book(scene.enterprise.id, 1)
    assert not queries.may_book(scene.enterprise.id, 2)
    waiting = queries.waiting_for(trainer)
    assert [(w.endpoint, w.values, w.since) for w in waiting] == [("booking.show", {"booking_id": booking.id}, MORNING)]
    assert queries.waiting_for(head) == queries.waiting_for(partner) == []
    assert coming_for(head) == []
    scene.accept(booking)
    assert [coming_for(actor) for actor in (trainer, head, partner)] == [[booking]] * 3
    assert queries.bookings_of(scene.enterprise.id) == [booking]
    other, _ = scene.another()
    assert queries.bookings_of(other.id) == []
    assert db.session.scalars(db.select(Booking.id)).all() == [booking.id]
    assert clock.now() == MORNING
