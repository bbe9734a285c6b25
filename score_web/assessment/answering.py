"""What did somebody change on a theme page? Compares what was typed with what the page had shown; knows no database.

For each statement the page carries a seal: the version and the value it showed. What still equals its seal is not sent
on, so that an old page (Back, a second tab, a second phone) can never bring an old answer back.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from score_web.assessment.questionnaire import Theme
from score_web.assessment.scoring import Rating
from score_web.core.words import N_, Sentence

NOT_APPLICABLE = "na"
CHOICES = ("0", "1", "2", "3", NOT_APPLICABLE)
LONGEST = {"reason": 500, "note": 2000}
SEAL = re.compile(r"(\d{1,9})-(\d{1,10})")


VALUES = {choice: int(choice) for choice in CHOICES[:-1]}
RATINGS = {choice: Rating(int(choice) if choice else None) for choice in ("", *CHOICES[:-1])}  # each page rates a whole module


class Unreadable(ValueError):
    """No page of ours sends this."""


class Reply(NamedTuple):
    """What is said about one statement: one of CHOICES or "", why it does not apply, a note, and "we should discuss this"."""

    choice: str = ""
    reason: str = ""
    note: str = ""
    discuss: bool = False

    @property
    def value(self) -> int | None:
        return VALUES.get(self.choice)

    @property
    def not_applicable(self) -> bool:
        return self.choice == NOT_APPLICABLE

    @property
    def rating(self) -> Rating:
        return RATINGS.get(self.choice) or Rating(None, True, self.reason)

    @property
    def lacks_reason(self) -> bool:
        return self.not_applicable and not self.reason

    def seal(self, version: int) -> str:
        said = (self.choice, self.reason, self.note) + (("discuss",) if self.discuss else ())
        return f"{version}-{zlib.crc32(repr(said).encode())}"


class Stored(NamedTuple):
    """A reply in the database (version 0: not there yet), with who changed it last and when."""

    reply: Reply = Reply()
    version: int = 0
    at: datetime | None = None
    by_id: int | None = None
    by_name: str = ""

    @property
    def seal(self) -> str:
        return self.reply.seal(self.version)


class Change(NamedTuple):
    """A reply to be stored over `shown`, the version that the page had shown."""

    statement: str
    reply: Reply
    shown: int


@dataclass(frozen=True)
class Typed:
    """A theme page as it came in: replies and seals by statement, changes, and what cannot be stored."""

    replies: dict[str, Reply] = field(default_factory=dict)
    seals: dict[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    errors: dict[str, dict[str, Sentence]] = field(default_factory=dict)


def read_page(theme: Theme, form: Mapping[str, str], clean: Callable[[str], str]) -> Typed:
    """Statements without a seal were not on the page; with one, a missing "<id>.discuss" means that the box is not ticked.
    Raises Unreadable for what no page of ours sends."""
    known = {statement.id for statement in theme.statements}
    if unknown := {name.removesuffix(".seal") for name in form if name.endswith(".seal")} - known:
        raise Unreadable(f"not in theme {theme.id}: {unknown}")
    sent = [statement for statement in known if f"{statement}.seal" in form]
    replies = {statement: _reply(statement, form, clean) for statement in sent}
    seals = {statement: form[f"{statement}.seal"] for statement in sent}
    changes = (Change(statement, reply, _version(seals[statement])) for statement, reply in replies.items())
    return Typed(
        replies=replies,
        seals=seals,
        changes=tuple(change for change in changes if change.reply.seal(change.shown) != seals[change.statement]),
        errors={statement: found for statement, reply in replies.items() if (found := _errors(reply))},
    )


def _reply(statement: str, form: Mapping[str, str], clean: Callable[[str], str]) -> Reply:
    choice = form.get(statement, "")
    if choice and choice not in CHOICES:
        raise Unreadable(f"{statement}: {choice!r} is no answer")
    texts = (clean(form.get(f"{statement}.{name}", "")) for name in LONGEST)
    return Reply(choice, *texts, discuss=f"{statement}.discuss" in form)


def _version(seal: str) -> int:
    if not (match := SEAL.fullmatch(seal)):
        raise Unreadable(f"{seal!r} is no seal")
    return int(match[1])


def _errors(reply: Reply) -> dict[str, Sentence]:
    return {
        name: Sentence(TOO_LONG, most=most, length=len(getattr(reply, name)))
        for name, most in LONGEST.items()
        if len(getattr(reply, name)) > most
    }


TOO_LONG = N_("This may have %(most)s characters and has %(length)s. Please shorten it; it is not saved yet.")
