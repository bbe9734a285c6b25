"""May this enterprise book this module now? Every condition is a line: met or not, in a sentence, with where to put it right.

The trainer's page shows lines of its own, which are asked again at the moment of accepting.
"""

from dataclasses import dataclass, field
from datetime import date

from score_web.core.words import N_, Sentence, Text
from score_web.reference import divisions
from score_web.trainers.certification import FIRST_MODULE, Level, may_accompany_candidate, may_lead


@dataclass(frozen=True)
class Condition:
    """`fix` says in words what `endpoint` leads to; both only matter while the condition is not met."""

    name: str
    met: bool
    text: Sentence
    fix: Sentence | None = None
    endpoint: str = ""
    values: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Facts:
    """What the conditions look at. `first_module_day`: first day of the enterprise's accepted module 1 class, if any."""

    module: int
    approved: bool
    baseline: bool
    first_module_day: date | None
    fitting_trainers: int
    division_code: str
    open_class_id: int | None = None


def conditions(facts: Facts) -> list[Condition]:
    lines = [_approved(facts), _baseline(facts)]
    if facts.module != FIRST_MODULE:
        lines.append(_first_module(facts))
    if facts.division_code:  # before the enrolment nobody knows where the enterprise is
        lines.append(_trainer(facts))
    return [*lines, *([_one_request(facts)] if facts.open_class_id else [])]


def all_met(lines: list[Condition]) -> bool:
    return all(line.met for line in lines)


def starts_after_first_module(facts: Facts, day: date) -> bool:
    """Modules 2 to 5 begin after the module 1 class has begun."""
    return facts.module == FIRST_MODULE or (facts.first_module_day is not None and facts.first_module_day < day)


def _line(name: str, met: bool, yes: str, no: str, **values) -> Condition:
    return Condition(name, met, Sentence(yes if met else no, **values))


def _fixable(line: Condition, fix: str, endpoint: str, **values) -> Condition:
    return line if line.met else Condition(line.name, False, line.text, Sentence(fix), endpoint, values)


def _approved(facts: Facts) -> Condition:
    line = _line("approved", facts.approved, N_("Your enrolment is approved"), N_("Your enrolment is not approved yet"))
    return _fixable(line, N_("Go to your enrolment"), "enrolment.start")


def _baseline(facts: Facts) -> Condition:
    line = _line(
        "baseline", facts.baseline, N_("Your first self-assessment of module %(module)s is submitted"),
        N_("Your first self-assessment of module %(module)s is not submitted yet"), module=facts.module,
    )
    return _fixable(line, N_("Go to the self-assessment"), "assessment.hub")


def _first_module(facts: Facts) -> Condition:
    line = _line(
        "first_module", facts.first_module_day is not None, N_("Your module 1 class is confirmed: it starts on %(day)s"),
        N_("Module 1 comes first: you have no confirmed module 1 class yet"), day=facts.first_module_day,
    )
    return _fixable(line, N_("Book module 1"), "booking.new", module=FIRST_MODULE)


def _trainer(facts: Facts) -> Condition:
    line = _line(
        "trainer", facts.fitting_trainers > 0, N_("There are trainers for module %(module)s in %(place)s"),
        N_("No certified trainer for module %(module)s serves %(place)s yet"), module=facts.module, place=province_of(facts.division_code),
    )
    return _fixable(line, N_("Ask your partner institution"), "pages.contact")


def _one_request(facts: Facts) -> Condition:
    sentence = Sentence(N_("You have already asked for a class in module %(module)s"), module=facts.module)
    return _fixable(Condition("one_request", False, sentence), N_("See that booking"), "booking.show", booking_id=facts.open_class_id)


def province_of(division_code: str) -> Text | Sentence:
    found = divisions.province(division_code)
    return found.name if found else Sentence(N_("your province"))


@dataclass(frozen=True)
class AnswerFacts:
    """What is asked again at the moment of accepting, with the trainers' calendars locked."""

    module: int
    days: tuple[date, ...]
    division_code: str
    approved: bool
    lead_level: Level | None
    lead_free: bool
    with_second: bool
    second_fits: bool
    second_free: bool
    first_module_day: date | None


DECLINE_BECAUSE = {
    "level": N_("I am not certified for this module in your province any more."),
    "free": N_("I am no longer free on these days."),
    "approved": N_("Your enrolment is not approved at the moment."),
    "second": N_("The trainer candidate cannot come on these days any more."),
    "first_module": N_("The module 1 class has to come first."),
}  # what the trainer could write when one of the checks below is not met


def answer_checks(facts: AnswerFacts) -> list[Condition]:
    """For the trainer: why nothing stands in the way, or what does. An unmet line is the sentence of the refusal."""
    qualified = may_accompany_candidate if facts.with_second else may_lead
    lines = [
        _line("level", facts.lead_level is not None and qualified(facts.lead_level),
              N_("You are certified for module %(module)s and serve %(place)s"),
              N_("You are not certified for module %(module)s in %(place)s any more"),
              module=facts.module, place=province_of(facts.division_code)),
        _line("free", facts.lead_free, N_("You are free on all days asked for"),
              N_("These days are no longer free in your calendar")),
        _line("approved", facts.approved, N_("The enterprise's enrolment is approved"),
              N_("The enterprise's enrolment is not approved at the moment")),
    ]
    if facts.with_second:
        lines.append(_line("second", facts.second_fits and facts.second_free, N_("The trainer candidate is free too"),
                           N_("The trainer candidate cannot come on these days any more")))
    if facts.module != FIRST_MODULE:
        earlier = facts.first_module_day is not None and facts.first_module_day < facts.days[0]
        lines.append(_line("first_module", earlier, N_("The module 1 class comes earlier"),
                           N_("The enterprise has no earlier module 1 class any more")))
    return lines
