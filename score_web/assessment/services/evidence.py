"""What happens to evidence: looked at, added, removed while the self-assessment is open, and packed into one file."""

import hashlib
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from score_web.assessment.evidence import LARGEST, MOST_PER_STATEMENT, EvidenceKind, accepts, readable_name
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.assessment.questionnaire import Statement
from score_web.assessment.states import RoundState
from score_web.core import audit, clock, documents, pictures, uploads
from score_web.core.db import db
from score_web.core.errors import Refused
from score_web.core.reading import lock_row
from score_web.core.words import N_
from score_web.permissions import Actor


class Looked(NamedTuple):
    """A file that may be kept, as it will be kept: of a photo nothing but its pixels."""

    kind: EvidenceKind
    name: str
    media_type: str
    content: bytes
    thumbnail: bytes | None = None
    taken_on: date | None = None


def look_at(name: str, content: bytes, statement: Statement) -> Looked:
    """Takes a while: hold no transaction. Raises Refused with what is wrong and what to do."""
    if not content:
        raise Refused(N_("This file is empty. Please open it to see whether it is whole, then choose it again."))
    if len(content) > LARGEST:
        raise Refused(TOO_BIG, most=LARGEST // 1024**2)
    if pictures.looks_like_heic(content):
        raise Refused(HEIC)
    if pictures.looks_like_picture(content):
        picture = pictures.read_picture(content)
        return Looked(EvidenceKind.PHOTO, readable_name(name, ".jpg"), "image/jpeg", picture.content, picture.thumbnail, picture.taken_on)
    document = documents.recognise(content)
    if not accepts(statement, EvidenceKind.DOCUMENT):
        raise Refused(N_("Photos only here: please take a photo of what can be seen."))
    return Looked(EvidenceKind.DOCUMENT, readable_name(name, document.ending), document.media_type, content)


def add_evidence(round_: AssessmentRound, statement: Statement, looked: Looked, *, made_on: date, caption: str, by: Actor) -> Evidence:
    """The same file a second time (a button pressed twice) is the first one. The files are on the disk before the row commits."""
    lock_row(round_)
    _refuse_unless_open(round_)
    there = list(db.session.scalars(select(Evidence).where(Evidence.round_id == round_.id, Evidence.statement == statement.id)))
    sha256 = hashlib.sha256(looked.content).hexdigest()
    if same := next((evidence for evidence in there if evidence.sha256 == sha256), None):
        return same
    if len(there) >= MOST_PER_STATEMENT:
        raise Refused(FULL, most=MOST_PER_STATEMENT)
    evidence = Evidence(
        round=round_, statement=statement.id, kind=looked.kind, name=looked.name, caption=caption, made_on=made_on,
        media_type=looked.media_type, size=len(looked.content), sha256=sha256, file_key=uploads.store(looked.content),
        thumbnail_key=uploads.store(looked.thumbnail) if looked.thumbnail else None, uploaded_at=clock.now(), uploaded_by_id=by.person_id,
    )
    db.session.add(evidence)
    audit.record("evidence.add", evidence, by=by, statement=statement.id, sha256=sha256, institution_id=None)
    return evidence


def remove_evidence(evidence: Evidence, *, by: Actor) -> None:
    """Only while the self-assessment is open; the files go once that is certain."""
    lock_row(evidence.round)
    _refuse_unless_open(evidence.round)
    if db.session.get(Evidence, evidence.id, populate_existing=True) is None:
        return  # a colleague pressed the same button
    audit.record("evidence.remove", evidence, by=by, statement=evidence.statement, sha256=evidence.sha256, institution_id=None)
    db.session.delete(evidence)
    for key in filter(None, (evidence.file_key, evidence.thumbnail_key)):
        uploads.forget(key)


def _refuse_unless_open(round_: AssessmentRound) -> None:
    if round_.state is not RoundState.OPEN:
        raise Refused(N_("This self-assessment has been submitted: its evidence stays as it is."))


HEIC = N_(
    "This photo is in a format (HEIC) that cannot be read here. On an iPhone choose Settings, Camera, Formats, “Most Compatible” and take "
    "it again; or send it to yourself in WeChat and choose the one you receive."
)
TOO_BIG = N_(
    "This file is larger than %(most)s MB. A photo: choose a smaller size on the phone. A document: save it as a smaller PDF, or send only "
    "the pages that matter."
)
FULL = N_("There are %(most)s pieces of evidence for this statement already; remove one first. Fewer and telling ones are better.")
