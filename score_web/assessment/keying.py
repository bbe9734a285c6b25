"""What does one type from a paper form? A short entry per statement: 0 to 3, n and the reason, or nothing.

The page carries reason, note and mark of each statement along unseen, so that what is typed here changes the answer only.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from score_web.assessment import answering
from score_web.assessment.answering import CHOICES, NOT_APPLICABLE, Reply, Typed
from score_web.assessment.questionnaire import Module
from score_web.assessment.sheet import Line
from score_web.core.words import N_, Sentence

FIELD = "key"
DOES_NOT_APPLY = re.compile(r"(?:n/?a?|不适用)(?![a-z])[\s:;,.、，。：；-]*(?P<reason>.*)", re.IGNORECASE | re.DOTALL)
UNREADABLE = Sentence(N_("Type 0, 1, 2 or 3, or n and the reason, such as: n no night shift. Leave it empty where the paper is empty."))


class Slip(NamedTuple):
    """What the fields of one statement hold: the visible entry, and what goes along with it."""

    entry: str
    seal: str
    beside: Reply


def entry(reply: Reply) -> str:
    return f"n {reply.reason}".strip() if reply.not_applicable else reply.choice


def read_entry(typed: str, beside: Reply) -> Reply | None:
    """None when it cannot be read. Letters and digits of Chinese keyboards (２, ｎ) count too."""
    plain = unicodedata.normalize("NFKC", typed[:4]).strip()
    if plain in ("", *CHOICES[:-1]) and len(typed) <= 4:
        return beside._replace(choice=plain)
    if found := DOES_NOT_APPLY.fullmatch(unicodedata.normalize("NFKC", typed[:1]) + typed[1:]):
        return beside._replace(choice=NOT_APPLICABLE, reason=found["reason"])
    return None


def slip(line: Line) -> Slip:
    return Slip(entry(line.shown), line.seal, line.shown)


def slip_sent(statement: str, form: Mapping[str, str], clean: Callable[[str], str]) -> Slip:
    """As it came in: shown again so while it cannot be stored."""
    typed, reason, note = (clean(form.get(f"{statement}.{name}", "")) for name in (FIELD, "reason", "note"))
    return Slip(typed, form[f"{statement}.seal"], Reply("", reason, note, f"{statement}.discuss" in form))


def read_page(module: Module, form: Mapping[str, str], clean: Callable[[str], str]) -> Typed:
    """Like a theme page with all statements of the module; an entry that cannot be read is an error of its own and no change."""
    fields, errors = dict(form), {}
    for statement in module.statements:
        if f"{statement.id}.seal" not in form:
            continue
        slip = slip_sent(statement.id, form, clean)
        if reply := read_entry(slip.entry, slip.beside):
            fields |= {statement.id: reply.choice, f"{statement.id}.reason": reply.reason}
        else:
            errors[statement.id] = {FIELD: UNREADABLE}
            del fields[f"{statement.id}.seal"]
    typed = answering.read_page(module, fields, clean)
    errors |= typed.errors
    return replace(typed, errors=errors, changes=tuple(change for change in typed.changes if change.statement not in errors))
