"""Is this a document that may be kept: PDF, Word (docx) or Excel (xlsx)? Looked at from outside; nothing is unpacked or opened.

Documents are kept as they came, so they are only ever handed out for downloading, under the type found here.
"""

import zipfile
import zlib
from io import BytesIO
from typing import NamedTuple

from score_web.core.errors import Refused
from score_web.core.words import N_

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN_PARTS = {"word/document.xml": (".docx", WORD), "xl/workbook.xml": (".xlsx", SHEET)}
CONTENTS = "[Content_Types].xml"
# An Excel sheet packs to a thirtieth at best; what unpacks to far more is made to choke whoever opens it.
MOST_PARTS, MOST_UNPACKED, MOST_RATIO, SURELY_FINE = 2000, 300 * 1024 * 1024, 150, 20 * 1024 * 1024
PROGRAMS = ("vbaproject.bin", "vbadata.xml", ".exe", ".dll", ".js", ".vbs", ".bat", ".scr", ".lnk")
ACTIVE_FOLDERS = ("/macrosheets/", "/activex/")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Document(NamedTuple):
    """What its content says it is, whatever its name."""

    ending: str
    media_type: str


class NotADocument(Refused):
    """This is not kept; the sentence says why and what to do."""


def recognise(content: bytes) -> Document:
    """Raises NotADocument."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(OLD_OFFICE):
        raise NotADocument(OLD)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise NotADocument(UNKNOWN)


def _pdf(content: bytes) -> Document:
    if b"%%EOF" not in content[-4096:]:
        raise NotADocument(BROKEN)
    return Document(".pdf", "application/pdf")


def _office(content: bytes) -> Document:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_bombs(parts, len(content))
            return _kind(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        raise NotADocument(BROKEN) from error


def _refuse_bombs(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    overlapping = packed > size
    swollen = unpacked > MOST_UNPACKED or (unpacked > SURELY_FINE and unpacked > MOST_RATIO * size)
    if len(parts) > MOST_PARTS or overlapping or swollen:
        raise NotADocument(SWOLLEN)
    if any(part.flag_bits & 1 for part in parts):
        raise NotADocument(OLD)


def _kind(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Document:
    names = {part.filename for part in parts}
    main = next((part for part in MAIN_PARTS if part in names), None)
    if main is None or CONTENTS not in names:
        raise NotADocument(UNKNOWN)
    with archive.open(CONTENTS) as file:
        declared = file.read(1024 * 1024)
    if b"macroenabled" in declared.lower() or any(_runs(name.lower()) for name in names):
        raise NotADocument(MACROS)
    return Document(*MAIN_PARTS[main])


def _runs(name: str) -> bool:
    return name.endswith(PROGRAMS) or any(folder in f"/{name}" for folder in ACTIVE_FOLDERS)


UNKNOWN = N_(
    "Only photos (JPEG, PNG, WebP), PDF, Word (docx) and Excel (xlsx) can be stored; this is something else, whatever its name says."
)
OLD = N_("This is an old Word or Excel file (doc, xls) or protected by a password. Please save it as PDF, docx or xlsx without a password.")
BROKEN = N_("This document is damaged or incomplete. Please open it to see whether it is whole, save it again and choose it again.")
SWOLLEN = N_("This file would unpack to an enormous size and is not accepted. Please save the document as PDF and choose that.")
MACROS = N_("This document contains macros or programs. Please save it without them (docx, xlsx) or as PDF.")
