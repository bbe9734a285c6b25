"""What stands in a report? Everything that was answered, noted, photographed; what does not fit is named as left out.

All rows are read here, into plain values: setting the page afterwards needs no transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from score_web.assessment import queries
from score_web.assessment.answering import Stored
from score_web.assessment.evidence import Piece
from score_web.assessment.findings import Findings, Lenses
from score_web.assessment.models import PARTICIPANTS, AssessmentRound
from score_web.assessment.queries.evidence import evidence_of, thumbnail_of
from score_web.assessment.queries.lenses import lenses_of, trainer_ratings_of, voice_of
from score_web.assessment.questionnaire import Module
from score_web.assessment.states import RoundState
from score_web.core import clock
from score_web.core.words import Text

MOST_PHOTOS = 60  # in one PDF: more would make it too heavy to be sent on
NOTHING = Stored()


@dataclass(frozen=True)
class Report:
    """`with_names`: staff are named to their own enterprise only. `pictures`: thumbnails by evidence id."""

    module: Module
    enterprise: Text
    number: int
    edition: str
    submitted: bool
    day: date
    found: Findings
    earlier: tuple[int, date] | None
    answers: Mapping[str, Stored]
    lenses: Lenses
    trainer: Mapping[str, Stored]
    with_names: bool
    took_part: tuple[int, int, int, int] | None = None  # women and men among managers, women and men among workers
    voice: tuple[int, int] | None = None  # workers heard, of how many
    evidence: Mapping[str, Sequence[Piece]] = field(default_factory=dict)
    pictures: Mapping[int, bytes] = field(default_factory=dict)

    def stored(self, statement: str) -> Stored:
        return self.answers.get(statement, NOTHING)

    @cached_property
    def photos(self) -> list[Piece]:
        return [piece for pieces in self.evidence.values() for piece in pieces if piece.is_photo]

    @property
    def over_limit(self) -> list[Piece]:
        return self.photos[MOST_PHOTOS:]

    @property
    def lost(self) -> list[Piece]:
        """Photos whose file is not there, such as after a copy of the database was put back without its files."""
        return [piece for piece in self.photos[:MOST_PHOTOS] if piece.id not in self.pictures]


def report_of(round_: AssessmentRound, *, own: bool, with_pictures: bool) -> Report:
    answers, earlier = queries.answers_of(round_.id), queries.earlier_submitted(round_)
    score = queries.score_answers(round_, answers)
    module = queries.module_of(round_)
    found = evidence_of(round_.id)
    evidence = {s.id: found[s.id] for s in module.statements if s.id in found}
    submitted = round_.state is RoundState.SUBMITTED
    people, voice = round_.participants, voice_of(round_)
    report = Report(
        module=module, enterprise=Text(en=round_.enterprise.name("en"), zh=round_.enterprise.name("zh")), number=round_.number,
        edition=round_.edition, submitted=submitted, day=clock.in_china(round_.submitted_at).date() if submitted else clock.today(),
        found=Findings(score, queries.score_of(earlier) if earlier else None),
        earlier=(earlier.number, clock.in_china(earlier.submitted_at).date()) if earlier else None,
        answers=answers, lenses=lenses_of(round_, score), trainer=trainer_ratings_of(round_.id), with_names=own, evidence=evidence,
        took_part=tuple(getattr(people, name) for name in PARTICIPANTS) if people else None,
        voice=(voice.responses, voice.head_count) if voice else None,
    )
    if with_pictures:
        thumbnails = {piece.id: thumbnail_of(piece) for piece in report.photos[:MOST_PHOTOS]}
        object.__setattr__(report, "pictures", {key: content for key, content in thumbnails.items() if content})
    return report
