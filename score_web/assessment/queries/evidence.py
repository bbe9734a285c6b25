"""Which photos and documents stand behind the answers of a self-assessment?"""

from sqlalchemy import bindparam, false, func, select

from score_web.accounts.models import Consent, Person
from score_web.assessment.evidence import Piece
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.assessment.states import RoundState
from score_web.core import uploads
from score_web.core.db import db
from score_web.core.reading import read

# What who uploaded a piece said last on photos as examples, see privacy/purposes.py.
AGREED = (
    select(Consent.given).where(Consent.person_id == Evidence.uploaded_by_id, Consent.document == "examples")
    .order_by(Consent.id.desc()).limit(1).correlate(Evidence).scalar_subquery()
)
KEPT = [getattr(Evidence, name) for name in Piece._fields if hasattr(Evidence, name)]
PIECES = (
    select(*KEPT, func.coalesce(Person.name, "").label("uploaded_by"), func.coalesce(AGREED, false()).label("as_example"))
    .outerjoin(Person, Person.id == Evidence.uploaded_by_id).where(Evidence.round_id == bindparam("round")).order_by(Evidence.id)
)
PIECES_OF_ONE = PIECES.where(Evidence.statement == bindparam("one"))


def evidence_of(round_id: int, statement: str | None = None) -> dict[str, list[Piece]]:
    """By statement id, in the order they came; one select without objects, since every theme page reads it."""
    rows = read(PIECES_OF_ONE, round=round_id, one=statement) if statement else read(PIECES, round=round_id)
    found: dict[str, list[Piece]] = {}
    for row in rows:
        found.setdefault(row.statement, []).append(Piece(**row._asdict()))
    return found


def earlier_evidence(round_: AssessmentRound) -> list[tuple[int, int, int]]:
    """Evidence is not copied into a later self-assessment: (id, number, how many) of the submitted earlier ones that have some."""
    return [] if round_.number == 1 else [tuple(row) for row in db.session.execute(
        select(AssessmentRound.id, AssessmentRound.number, func.count()).join(Evidence, Evidence.round_id == AssessmentRound.id)
        .where(AssessmentRound.enterprise_id == round_.enterprise_id, AssessmentRound.module == round_.module,
               AssessmentRound.number < round_.number, AssessmentRound.state == RoundState.SUBMITTED)
        .group_by(AssessmentRound.id, AssessmentRound.number).order_by(AssessmentRound.number.desc())
    )]


def thumbnail_of(piece: Piece) -> bytes | None:
    """A small JPEG; None for documents, and where the file is lost."""
    return _content(piece.thumbnail_key) if piece.thumbnail_key else None


def content_of(piece: Piece) -> bytes | None:
    """None where the file is lost (a copy of the database put back without its files)."""
    return _content(piece.file_key)


def _content(key: str) -> bytes | None:
    try:
        with uploads.open_stored(key) as file:
            return file.read()
    except uploads.Lost:
        return None


def keys_in_use() -> set[str]:
    """Of all files that a row names; what nothing names is swept."""
    rows = db.session.execute(select(Evidence.file_key, Evidence.thumbnail_key))
    return {key for row in rows for key in row if key}
