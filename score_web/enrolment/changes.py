"""What changed between two versions of an enrolment, and was it asked for?"""

from collections.abc import Mapping
from typing import NamedTuple

from score_web.core.words import Sentence, Text
from score_web.enrolment.fields import FIELDS, Field, shown


class Change(NamedTuple):
    """`asked` is the partner's remark of the last return, '' when the enterprise changed it on its own."""

    field: Field
    before: str | Text | Sentence
    after: str | Text | Sentence
    asked: str = ""


def changes(before: Mapping, after: Mapping, asked: Mapping[str, str] | None = None) -> list[Change]:
    """Fields that read differently now, in the order of the form: another way of typing the same is no change."""
    pairs = ((field, shown(field, before.get(field.name)), shown(field, after.get(field.name))) for field in FIELDS)
    return [Change(field, was, now, (asked or {}).get(field.name, "")) for field, was, now in pairs if was != now]


def untouched(found: list[Change], asked: Mapping[str, str]) -> list[Field]:
    """Fields the partner asked about that still read the same."""
    changed = {change.field.name for change in found}
    return [field for field in FIELDS if field.name in asked and field.name not in changed]


def changed_names(before: Mapping, after: Mapping) -> set[str]:
    return {change.field.name for change in changes(before, after)}
