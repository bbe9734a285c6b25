"""What proves an answer? Photos and documents on statements that accept them, with a name one may read and two dates."""

import re
import unicodedata
from datetime import date, datetime
from itertools import chain, count
from typing import NamedTuple

from score_web.assessment.questionnaire import Statement
from score_web.core.words import N_, Labelled

MOST_PER_STATEMENT = 10
LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 120
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class EvidenceKind(Labelled):
    PHOTO = "photo", N_("Photo")
    DOCUMENT = "document", N_("Document")


class Piece(NamedTuple):
    """One piece of evidence, for pages and reports. `made_on`: the day it shows; `uploaded_at`: when it came here; `as_example`:
    whether it may be shown in classes elsewhere."""

    id: int
    statement: str
    kind: EvidenceKind
    name: str
    caption: str
    made_on: date
    uploaded_at: datetime
    uploaded_by: str
    media_type: str
    size: int
    sha256: str
    file_key: str
    thumbnail_key: str | None
    as_example: bool = False

    @property
    def is_photo(self) -> bool:
        return self.kind is EvidenceKind.PHOTO


def accepts(statement: Statement, kind: EvidenceKind) -> bool:
    """A paper may be photographed: where a document is accepted, a photo is one too."""
    return kind in statement.evidence_kinds or (kind is EvidenceKind.PHOTO and statement.evidence)


def readable_name(given: str, ending: str) -> str:
    """The name that the file had, as every system can store it, with the ending that its content has."""
    stem = given.replace("\\", "/").rpartition("/")[2]
    stem = "".join(c for c in unicodedata.normalize("NFC", stem) if unicodedata.category(c)[0] != "C")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", FORBIDDEN.sub("_", stem)).strip(" .")
    if not stem or RESERVED.fullmatch(stem):
        stem = f"file {stem}".strip()
    return stem[:LONGEST_NAME].rstrip(" .") + ending


def folder_name(statement_id: str, text: str) -> str:
    """Short enough for the paths of Windows."""
    words = FORBIDDEN.sub("_", text).strip(" .。")
    return f"{statement_id} {words[:30].rstrip(' .')}"


def unique_names(names: list[str]) -> list[str]:
    """The second photo.jpg of a folder is photo (2).jpg; capitals make no difference, as on Windows."""
    taken: set[str] = set()
    return [_unique(name, taken) for name in names]


def _unique(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    candidates = chain([name], (f"{stem} ({n}){dot}{ending}" for n in count(2)))
    found = next(candidate for candidate in candidates if candidate.casefold() not in taken)
    taken.add(found.casefold())
    return found
