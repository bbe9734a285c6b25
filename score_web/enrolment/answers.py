"""Is what somebody typed complete and right? All problems at once, and the typed values of answers that are right."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from score_web.core.words import N_, Sentence
from score_web.enrolment.fields import CONFIRMED, FIELDS, REPRESENTATION, Field, chosen_modules
from score_web.reference import credit_code, divisions, sectors

PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,28}[0-9]( ?(ext\.?|转|x) ?[0-9]{1,6})?", re.IGNORECASE)
REQUIRED = {
    "place": N_("Choose the city from the list."),
    "sector": N_("Choose the sector from the list."),
    "choice": N_("Choose one of the answers."),
    "count": N_("Type a number; 0 if there is nobody."),
}


class Band(NamedTuple):
    """The programme's size band, a setting."""

    low: int
    high: int

    def holds(self, employees: int) -> bool:
        return self.low <= employees <= self.high


def problems(answers: Mapping, band: Band) -> dict[str, Sentence]:
    """What has to be put right, per field, in the order of the form."""
    found = {field.name: sentence for field in FIELDS if (sentence := _problem(field, answers))}
    for name, sentence in (_unequal_sums(answers), _too_many_casual(answers), _unexplained_size(answers, band)):
        if sentence:
            found.setdefault(name, sentence)
    return {field.name: found[field.name] for field in FIELDS if field.name in found}


def values(answers: Mapping) -> dict:
    """Columns of an enrolment from answers without problems."""
    return {
        "name_zh": text(answers, "name_zh"),
        "name_en": text(answers, "name_en"),
        "code": credit_code.normalise(text(answers, "code")),
        "code_overridden": code_fails(answers),
        "division_code": text(answers, "division_code"),
        "sector": text(answers, "sector"),
        **{name: count(answers, name) for name in ("women", "men", "managers", "workers", "casual")},
        "modules": ",".join(chosen_modules(answers.get("modules"))),
    }


def text(answers: Mapping, name: str) -> str:
    value = answers.get(name) or ""
    return value.strip() if isinstance(value, str) else ""


def count(answers: Mapping, name: str) -> int | None:
    """A whole number as people type it, full-width digits and thousands separators too; None when it is none."""
    typed = unicodedata.normalize("NFKC", text(answers, name)).replace(" ", "")
    typed = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", typed)
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None


def employees(answers: Mapping) -> int | None:
    women, men = count(answers, "women"), count(answers, "men")
    return None if women is None or men is None else women + men


def code_fails(answers: Mapping) -> bool:
    """Only the check digit is wrong: the applicant may confirm it, the partner decides."""
    problem = credit_code.check(text(answers, "code"))
    return bool(problem and problem.may_override)


def _problem(field: Field, answers: Mapping) -> Sentence | None:
    if field.kind == "modules":
        return None
    typed = text(answers, field.name)
    if not typed:
        return None if field.optional else Sentence(REQUIRED.get(field.kind, N_("Please fill this in.")))
    if field.kind != "count" and len(typed) > field.limit:
        return Sentence(N_("This has %(typed)s characters; at most %(limit)s fit. Please shorten it."), typed=len(typed), limit=field.limit)
    check = CHECKS.get(field.kind)
    return check(field, typed, answers) if check else None


def _name(field: Field, typed: str, _answers) -> Sentence | None:
    if any(unicodedata.category(c) in ("So", "Sk") and c not in "°®™©" for c in typed):
        return Sentence(N_("Please leave out pictures and symbols: type the name as on official papers."))
    if field.name == "name_zh" and not re.search(r"[\u3400-\u9fff\U00020000-\U0003ffff]", typed):
        return Sentence(N_("Type the Chinese name as on the business licence."))
    return None


def _code(_field, typed: str, answers: Mapping) -> Sentence | None:
    problem = credit_code.check(typed)
    if problem is None or (problem.may_override and answers.get(CONFIRMED) == credit_code.normalise(typed)):
        return None
    return problem.sentence


def _place(_field, typed: str, _answers) -> Sentence | None:
    offered = divisions.is_place(typed) and divisions.province(typed) in divisions.provinces()
    return None if offered else Sentence(REQUIRED["place"])


def _sector(_field, typed: str, _answers) -> Sentence | None:
    return None if sectors.sector(typed) else Sentence(REQUIRED["sector"])


def _choice(_field, typed: str, _answers) -> Sentence | None:
    return None if typed in REPRESENTATION else Sentence(REQUIRED["choice"])


def _count(field: Field, typed: str, answers: Mapping) -> Sentence | None:
    number = count(answers, field.name)
    if number is None:
        return Sentence(N_("“%(typed)s” is no number of people. Type digits only, such as 120."), typed=typed[:20])
    if number > field.limit:
        return Sentence(N_("This is more than %(limit)s people. Please check the number."), limit=field.limit)
    return None


def _phone(_field, typed: str, _answers) -> Sentence | None:
    if PHONE.fullmatch(unicodedata.normalize("NFKC", typed)):
        return None
    return Sentence(N_("Type a phone number, such as 138 0000 0000 or 0574-8888 0000."))


CHECKS = {"name": _name, "code": _code, "place": _place, "sector": _sector, "choice": _choice, "count": _count, "phone": _phone}


def _unequal_sums(answers: Mapping) -> tuple[str, Sentence | None]:
    by_gender = employees(answers)
    managers, workers = count(answers, "managers"), count(answers, "workers")
    if by_gender is None or managers is None or workers is None:
        return "workers", None
    if by_gender == 0:
        return "women", Sentence(N_("Women and men together must be at least 1."))
    if by_gender == managers + workers:
        return "workers", None
    return "workers", Sentence(
        N_("Women and men make %(by_gender)s, managers and workers make %(by_task)s: both must be the same people."),
        by_gender=by_gender,
        by_task=managers + workers,
    )


def _too_many_casual(answers: Mapping) -> tuple[str, Sentence | None]:
    total, casual = employees(answers), count(answers, "casual")
    if total is None or casual is None or casual <= total:
        return "casual", None
    return "casual", Sentence(N_("Casual staff are part of the %(total)s people above, so they cannot be more."), total=total)


def _unexplained_size(answers: Mapping, band: Band) -> tuple[str, Sentence | None]:
    total = employees(answers)
    if not total or band.holds(total) or text(answers, "explanation"):
        return "explanation", None
    return "explanation", Sentence(
        N_("%(total)s people are outside the band of %(low)s to %(high)s. Say in a few words why you apply; the partner decides."),
        total=total,
        low=band.low,
        high=band.high,
    )
