"""What does a page show for each statement: what is stored, what was typed, where the two differ, and what it was before?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from score_web.assessment.answering import Change, Reply, Stored, Typed
from score_web.assessment.questionnaire import Statement, Theme
from score_web.core import clock
from score_web.core.words import Sentence

NOTHING = Stored()


@dataclass(frozen=True)
class Line:
    """`mine`: what this person chose while somebody else's newer answer stands. `carried`: still the answer of last time."""

    statement: Statement
    stored: Stored
    shown: Reply
    seal: str
    mine: Reply | None = None
    errors: Mapping[str, Sentence] = field(default_factory=dict)
    carried: bool = False

    @property
    def unsaved(self) -> bool:
        return self.shown != self.stored.reply

    @property
    def answered(self) -> bool:
        return self.stored.reply.rating.answered

    @property
    def saved_today(self) -> bool:
        return self.stored.at is not None and clock.in_china(self.stored.at).date() == clock.today()


def lines(theme: Theme, stored: Mapping[str, Stored], *, since: datetime, typed: Typed | None = None,
          conflicts: Mapping[str, Change] | None = None) -> list[Line]:
    """One per statement. What was typed is shown again with the seal it came with, unless it is stored by now; over a conflict
    the newer answer stands."""
    typed, conflicts = typed or Typed(), conflicts or {}
    return [_line(s, stored.get(s.id, NOTHING), since, typed, conflicts.get(s.id)) for s in theme.statements]


def _line(statement: Statement, stored: Stored, since: datetime, typed: Typed, conflict: Change | None) -> Line:
    kept = conflict is None and statement.id in typed.replies
    return Line(
        statement, stored,
        shown=typed.replies[statement.id] if kept else stored.reply,
        seal=typed.seals[statement.id] if kept and typed.replies[statement.id] != stored.reply else stored.seal,
        mine=conflict.reply if conflict else None,
        errors=typed.errors.get(statement.id, {}),
        carried=stored.at is not None and stored.at < since,
    )


def last_saved(of: list[Line]) -> Line | None:
    """The line saved last, for the dock."""
    return max((line for line in of if line.stored.at and not line.carried), key=lambda line: line.stored.at, default=None)


class Step(NamedTuple):
    """One change of an answer. `carried`: it came from the self-assessment before."""

    before: Reply
    stored: Stored
    carried: bool

    @property
    def parts(self) -> list[str]:
        """What this change touched, of choice, reason, note, discuss."""
        return [name for name in Reply._fields if getattr(self.before, name) != getattr(self.stored.reply, name)]


def changes(versions: list[Stored], *, since: datetime) -> list[Step]:
    """Newest first; before the first one there was nothing."""
    before = [Reply(), *(version.reply for version in versions)]
    return [Step(reply, version, version.at < since) for reply, version in zip(before, versions, strict=False)][::-1]
