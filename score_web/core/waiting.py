"""What waits for somebody? Each feature answers `queries.waiting_for(actor)` with these; the dashboard sorts and shows them."""

from dataclasses import dataclass, field
from datetime import datetime

from score_web.core.words import Sentence


@dataclass(frozen=True)
class Waiting:
    """One thing to do: the sentence is the link text, `since` how long it has waited (None: just an offer), `count` how many records."""

    text: Sentence
    endpoint: str
    values: dict = field(default_factory=dict)
    since: datetime | None = None
    urgent: bool = False
    count: int = 1
