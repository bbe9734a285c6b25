"""Where does an enterprise stand in the loop, and what is its one next step? Facts in, steps out.

The loop of one module (DOMAIN §1.3): enrol → partner decides → self-assess → results → book a trainer → class → visits → assess again.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from score_web.core.waiting import Waiting
from score_web.core.words import N_, Sentence


class Refusal(NamedTuple):
    """Why an appointment did not come about; `by_trainer` False: somebody else called it off."""

    who: str
    day: date
    reason: str
    state: str
    by_trainer: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of an enterprise and one module. Dates are None until it happened; an accepted class lasts from `held_from` to `held`.

    `refusal`: what became of the last request when nothing newer was asked for. `visit_day`: the next visit, asked for or agreed.
    """

    module: int = 1
    enrolment_id: int | None = None
    enrolment_state: str = ""
    submitted: date | None = None
    approved: date | None = None
    answered: int = 0
    statements: int = 0
    open_round_id: int | None = None
    assessed: date | None = None
    result_id: int | None = None
    times_assessed: int = 0
    requested: date | None = None
    booked: date | None = None
    booking_id: int | None = None
    held_from: date | None = None
    held: date | None = None
    visits: int = 0
    visit_day: date | None = None
    visit_id: int | None = None
    visit_agreed: bool = False
    refusal: Refusal | None = field(default=None, hash=False)


class LoopStep(NamedTuple):
    """`state` is "done", "now" or "" (still to come); `on` a date to show (`since`: its first day), `detail` a sentence beside it."""

    title: str
    state: str
    on: date | None = None
    detail: Sentence | None = None
    since: date | None = None


class NextStep(NamedTuple):
    """The one thing to do now: headline, why, and the page with its button label."""

    title: Sentence
    why: Sentence
    button: Sentence
    endpoint: str
    values: tuple[tuple[str, object], ...] = ()


VISITS = 3
CLASS = 4  # its place in the loop


def steps(facts: Facts, today: date) -> list[LoopStep]:
    held = facts.held is not None and facts.held < today
    again = facts.times_assessed > 1
    rows = [
        (N_("Enrolled"), facts.submitted is not None, facts.submitted, None),
        (N_("Approved by the partner"), facts.approved is not None, facts.approved, _decision(facts)),
        (N_("Self-assessed"), facts.assessed is not None, facts.assessed, _progress(facts)),
        (N_("Trainer booked"), facts.booked is not None, facts.booked, Sentence(N_("request sent")) if facts.requested else None),
        (N_("Two days in class"), held, facts.held, None),
        (
            N_("Three visits by the trainer"),
            facts.visits >= VISITS,
            None,
            Sentence(N_("%(done)s of %(all)s"), done=facts.visits, all=VISITS),
        ),
        (N_("Assessed again"), again, facts.assessed if again else None, None),
    ]
    now = next((i for i, row in enumerate(rows) if not row[1]), None)
    return [
        LoopStep(title, "done" if done else "now" if i == now else "", on, None if on else detail, facts.held_from if i == CLASS else None)
        for i, (title, done, on, detail) in enumerate(rows)
    ]


def _decision(facts: Facts) -> Sentence | None:
    """Where the enterprise can only wait, or has to act elsewhere."""
    words = {"submitted": N_("waiting for the decision"), "returned": N_("returned: please correct it"), "rejected": N_("not approved")}
    return Sentence(words[facts.enrolment_state]) if facts.enrolment_state in words else None


def correction(facts: Facts) -> Sentence | None:
    """Once approved, a change of the main data is looked at again; nothing stops meanwhile."""
    if facts.approved is None or facts.enrolment_state not in ("submitted", "returned"):
        return None
    if facts.enrolment_state == "returned":
        return Sentence(N_("The partner institution sent your correction back: please look at its remarks. All else works meanwhile."))
    return Sentence(N_("The partner institution is checking your correction. Everything works meanwhile."))


def is_under_way(facts: Facts) -> bool:
    """Something of this module has begun and is not over."""
    begun = facts.open_round_id or facts.assessed or facts.requested or facts.booked or facts.visit_day
    over = facts.times_assessed > 1 and facts.visits >= VISITS and facts.visit_day is None and facts.open_round_id is None
    return bool(begun) and not over


def _progress(facts: Facts) -> Sentence | None:
    if facts.open_round_id is None:
        return None
    return Sentence(N_("%(done)s of %(all)s answered"), done=facts.answered, all=facts.statements)


def next_step(facts: Facts, today: date) -> NextStep:
    """The first of these that applies, in the order of the loop."""
    return _enrol(facts) or _assess(facts) or _book(facts) or _learn(facts, today)


def leads_there(step: NextStep | None, item: Waiting) -> bool:
    """Does the next step open the very page on which this waits? Then it is said once."""
    return step is not None and (step.endpoint, dict(step.values)) == (item.endpoint, item.values)


def _enrol(facts: Facts) -> NextStep | None:
    if facts.enrolment_id is None:
        return NextStep(
            Sentence(N_("Start your enrolment")),
            Sentence(N_("It takes about 15 minutes. You can stop at any time; what you have typed is kept.")),
            Sentence(N_("Start the enrolment")),
            "enrolment.start",
        )
    if facts.enrolment_state == "draft":
        return NextStep(
            Sentence(N_("Finish your enrolment")),
            Sentence(N_("It takes about 15 minutes. What you have typed is kept.")),
            Sentence(N_("Continue the enrolment")),
            "enrolment.start",
        )
    if facts.enrolment_state == "returned" and facts.approved is None:
        return NextStep(
            Sentence(N_("Please correct your enrolment")),
            Sentence(N_("The partner institution has marked what to change. Everything else stays as it is.")),
            Sentence(N_("See what to correct")),
            "enrolment.start",
        )
    if facts.enrolment_state in ("rejected", "withdrawn"):
        return NextStep(
            Sentence(N_("Your enrolment has ended")),
            Sentence(N_("You can read the reason and apply again; your data is still there.")),
            Sentence(N_("See the enrolment")),
            "enrolment.start",
        )
    return None


def _assess(facts: Facts) -> NextStep | None:
    if facts.open_round_id is not None and facts.assessed is None:
        return NextStep(
            Sentence(N_("Module %(module)s: finish the self-assessment"), module=facts.module),
            Sentence(
                N_("%(done)s of %(all)s statements are answered. You can stop at any time; nothing is lost."),
                done=facts.answered,
                all=facts.statements,
            ),
            Sentence(N_("Continue the self-assessment")),
            "assessment.hub",
        )
    if facts.assessed is None:
        return NextStep(
            Sentence(N_("Module %(module)s: start the self-assessment"), module=facts.module),
            Sentence(N_("Managers and workers answer it together. It takes about an hour and can be interrupted at any time.")),
            Sentence(N_("Start the self-assessment")),
            "assessment.hub",
        )
    return None


def _book(facts: Facts) -> NextStep | None:
    if facts.approved is None:
        return NextStep(
            Sentence(N_("The partner institution is looking at your enrolment")),
            Sentence(N_("You will be told as soon as it has decided. Until then, read your results and pick your first actions.")),
            Sentence(N_("See your results")),
            "assessment.results",
            (("assessment_round_id", facts.result_id),),
        )
    if facts.requested is not None and facts.booked is None:
        return NextStep(
            Sentence(N_("Module %(module)s: the trainer has your request"), module=facts.module),
            Sentence(N_("You will be told as soon as the trainer answers.")),
            Sentence(N_("See the request")),
            "booking.show",
            (("booking_id", facts.booking_id),),
        )
    if facts.booked is None and facts.refusal:
        return _choose_again(facts)
    if facts.booked is None:
        return NextStep(
            Sentence(N_("Module %(module)s: time to book a trainer"), module=facts.module),
            Sentence(N_("Your self-assessment is in. See which trainers fit and when they are free.")),
            Sentence(N_("See free days")),
            "booking.new",
            (("module", facts.module),),
        )
    return None


def _choose_again(facts: Facts) -> NextStep:
    said = facts.refusal
    if said.state == "lapsed":
        why = N_("%(name)s did not answer your request for %(day)s in time. Please choose other days or another trainer.")
    elif said.by_trainer:
        why = N_("%(name)s cannot come on %(day)s (%(reason)s). Please choose other days.")
    else:
        why = N_("%(name)s has cancelled %(day)s (%(reason)s). Please choose other days.")
    return NextStep(
        Sentence(N_("Module %(module)s: choose other days"), module=facts.module),
        Sentence(why, name=said.who, day=said.day, reason=said.reason),
        Sentence(N_("See free days")),
        "booking.new",
        (("module", facts.module),),
    )


def _visit(facts: Facts) -> NextStep:
    title = N_("Module %(module)s: visit on %(day)s") if facts.visit_agreed else N_("Module %(module)s: the trainer has your request")
    why = N_("Tell your improvement team, and have photos and records of what has changed ready.")
    return NextStep(
        Sentence(title, module=facts.module, day=facts.visit_day),
        Sentence(why if facts.visit_agreed else N_("You will be told as soon as the trainer answers.")),
        Sentence(N_("See the booking") if facts.visit_agreed else N_("See the request")),
        "booking.show",
        (("booking_id", facts.visit_id),),
    )


def _learn(facts: Facts, today: date) -> NextStep:
    if facts.held is not None and facts.held >= today:
        return NextStep(
            Sentence(N_("Module %(module)s: get ready for the class"), module=facts.module),
            Sentence(N_("Choose two managers and two workers, and free them for both days.")),
            Sentence(N_("See the booking")),
            "booking.show",
            (("booking_id", facts.booking_id),),
        )
    if facts.visit_day is not None:
        return _visit(facts)
    if facts.visits < VISITS and facts.refusal:
        return _choose_again(facts)
    if facts.visits < VISITS:
        return NextStep(
            Sentence(N_("Module %(module)s: book a follow-up visit"), module=facts.module),
            Sentence(N_("The class is over. The trainer comes to your factory and looks at progress with your team.")),
            Sentence(N_("See free days")),
            "booking.new",
            (("module", facts.module),),
        )
    return NextStep(
        Sentence(N_("Module %(module)s: assess again and compare"), module=facts.module),
        Sentence(N_("See what has changed since the baseline, then choose the next module.")),
        Sentence(N_("Assess again")),
        "assessment.hub",
    )
