"""The dashboard tells an enterprise one next step, and it is the first thing that is really open."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from score_web.core.waiting import Waiting
from score_web.core.words import Sentence
from score_web.dashboard.loop import Facts, Refusal, correction, is_under_way, leads_there, next_step, steps

TODAY = date(2026, 11, 22)
NEW = Facts()
DRAFT = Facts(enrolment_id=1, enrolment_state="draft")
WAITING = replace(DRAFT, enrolment_state="submitted", submitted=date(2026, 11, 1))
FILLING = replace(WAITING, open_round_id=5, answered=7, statements=24)
ASSESSED_EARLY = replace(WAITING, assessed=date(2026, 11, 5), result_id=5, times_assessed=1)
ASSESSED = replace(ASSESSED_EARLY, enrolment_state="approved", approved=date(2026, 11, 8))
REQUESTED = replace(ASSESSED, requested=date(2026, 11, 20), booking_id=9)
BOOKED = replace(ASSESSED, booked=date(2026, 11, 21), booking_id=9, held=date(2026, 12, 2))
HELD = replace(BOOKED, held=date(2026, 11, 10))
VISITED = replace(HELD, visits=3)
NO = Refusal("沈国强", date(2026, 11, 25), "外地授课", "declined")
AGAIN = replace(VISITED, times_assessed=2, assessed=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("facts", "title", "endpoint"),
    [
        (NEW, "Start your enrolment", "enrolment.start"),
        (DRAFT, "Finish your enrolment", "enrolment.start"),
        (replace(WAITING, enrolment_state="returned"), "Please correct your enrolment", "enrolment.start"),
        (replace(WAITING, enrolment_state="rejected"), "Your enrolment has ended", "enrolment.start"),
        (WAITING, "Module %(module)s: start the self-assessment", "assessment.hub"),
        (FILLING, "Module %(module)s: finish the self-assessment", "assessment.hub"),
        (ASSESSED_EARLY, "The partner institution is looking at your enrolment", "assessment.results"),
        (ASSESSED, "Module %(module)s: time to book a trainer", "booking.new"),
        (REQUESTED, "Module %(module)s: the trainer has your request", "booking.show"),
        (BOOKED, "Module %(module)s: get ready for the class", "booking.show"),
        (HELD, "Module %(module)s: book a follow-up visit", "booking.new"),
        (VISITED, "Module %(module)s: assess again and compare", "assessment.hub"),
        (replace(ASSESSED, refusal=NO), "Module %(module)s: choose other days", "booking.new"),
        (replace(REQUESTED, refusal=NO), "Module %(module)s: the trainer has your request", "booking.show"),
        (replace(HELD, refusal=NO), "Module %(module)s: choose other days", "booking.new"),
        (replace(HELD, visit_day=TODAY, visit_id=9), "Module %(module)s: the trainer has your request", "booking.show"),
        (replace(HELD, visit_day=TODAY, visit_id=9, visit_agreed=True), "Module %(module)s: visit on %(day)s", "booking.show"),
    ],
)
def test_the_next_step_is_the_first_open_one(facts, title, endpoint):
    step = next_step(facts, TODAY)
    assert (step.title.msgid, step.endpoint) == (title, endpoint)


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        (NEW, ["now", "", "", "", "", "", ""]),
        (WAITING, ["done", "now", "", "", "", "", ""]),
        (ASSESSED_EARLY, ["done", "now", "done", "", "", "", ""]),
        (ASSESSED, ["done", "done", "done", "now", "", "", ""]),
        (BOOKED, ["done", "done", "done", "done", "now", "", ""]),
        (HELD, ["done", "done", "done", "done", "done", "now", ""]),
        (AGAIN, ["done"] * 7),
    ],
)
def test_the_loop_marks_exactly_one_step_as_now_until_all_are_done(facts, states):
    assert [step.state for step in steps(facts, TODAY)] == states


def test_a_class_counts_as_held_only_after_its_last_day():
    last_day = replace(BOOKED, held=TODAY)
    assert steps(last_day, TODAY)[4].state == "now"
    assert steps(last_day, TODAY + timedelta(days=1))[4].state == "done"


def test_progress_of_an_open_self_assessment_is_told_in_numbers():
    detail = steps(FILLING, TODAY)[2].detail
    assert (detail.msgid, detail.values) == ("%(done)s of %(all)s answered", {"done": 7, "all": 24})


@pytest.mark.parametrize(
    ("facts", "words"),
    [(WAITING, "waiting for the decision"), (replace(WAITING, enrolment_state="returned"), "returned: please correct it")],
)
def test_waiting_for_the_partner_is_not_called_something_to_do(facts, words):
    assert steps(facts, TODAY)[1].detail.msgid == words


def test_a_correction_once_approved_is_told_and_stops_nothing():
    assert correction(ASSESSED) is None
    assert correction(WAITING) is None
    checking = replace(ASSESSED, enrolment_state="submitted")
    assert correction(checking).msgid.startswith("The partner institution is checking your correction.")
    assert next_step(checking, TODAY).endpoint == "booking.new"


@pytest.mark.parametrize(
    ("no", "words"),
    [
        (NO, "cannot come on"),
        (NO._replace(state="lapsed", reason=""), "did not answer"),
        (NO._replace(state="cancelled", by_trainer=False), "has cancelled"),
    ],
)
def test_a_no_is_told_with_who_and_why(no, words):
    assert words in next_step(replace(ASSESSED, refusal=no), TODAY).why.msgid


@pytest.mark.parametrize(
    ("facts", "running"),
    [
        (NEW, False),
        (FILLING, True),
        (HELD, True),
        (AGAIN, False),
        (replace(AGAIN, visit_day=TODAY), True),
        (replace(AGAIN, visits=2), True),
    ],
)
def test_a_module_is_under_way_until_it_was_assessed_again_after_its_visits(facts, running):
    assert is_under_way(facts) is running


def test_a_class_is_dated_from_its_first_day_to_its_last():
    step = steps(replace(BOOKED, held_from=date(2026, 12, 1)), TODAY)[4]
    assert (step.since, step.on) == (date(2026, 12, 1), date(2026, 12, 2))


def test_what_the_next_step_opens_is_not_said_to_wait_as_well():
    step = next_step(FILLING, TODAY)
    same = Waiting(Sentence("Go on"), step.endpoint, dict(step.values))
    assert [leads_there(step, item) for item in (same, replace(same, endpoint="accounts.inbox"), replace(same, values={"other": 1}))] == \
        [True, False, False]
    assert not leads_there(None, same)
