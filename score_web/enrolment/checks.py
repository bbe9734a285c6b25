"""What does the machine see before somebody decides? Each check with its finding; the person judges."""

from typing import NamedTuple

from score_web.core.words import N_, Sentence
from score_web.enrolment.answers import Band
from score_web.reference import credit_code


class Finding(NamedTuple):
    """`kind` is ok or warn."""

    kind: str
    sentence: Sentence


def findings(code: str, division_code: str, employees: int, band: Band) -> list[Finding]:
    return [_code(code), *(Finding("warn", w) for w in credit_code.warnings(code, division_code)), _size(employees, band)]


def _code(code: str) -> Finding:
    problem = credit_code.check(code)
    if problem is None:
        return Finding("ok", Sentence(N_("The credit code is valid")))
    return Finding("warn", Sentence(N_("The credit code fails its check digit; the enterprise says it compared it with the licence")))


def _size(employees: int, band: Band) -> Finding:
    words = {"employees": employees, "low": band.low, "high": band.high}
    if band.holds(employees):
        return Finding("ok", Sentence(N_("%(employees)s people, within the band of %(low)s to %(high)s"), **words))
    return Finding("warn", Sentence(N_("%(employees)s people, outside the band of %(low)s to %(high)s: read the explanation"), **words))
