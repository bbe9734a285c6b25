"""All evidence of a self-assessment in one file: a folder per statement with readable names, and an index that opens in Excel."""

import csv
import shutil
import tempfile
import zipfile
from io import StringIO
from typing import BinaryIO

from score_web.assessment.evidence import Piece, folder_name, unique_names
from score_web.assessment.models import AssessmentRound
from score_web.assessment.queries import module_of
from score_web.assessment.queries.evidence import evidence_of
from score_web.core import clock, uploads
from score_web.core.db import let_go
from score_web.core.i18n import _, say

INDEX = "index.csv"
UPLOADER = 7  # its column in the index
BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")  # full-width ones too: a Chinese Excel reads them alike


def pack_evidence(round_: AssessmentRound, *, with_names: bool) -> BinaryIO:
    """A temporary file that vanishes when it is closed. Copied piece by piece, so that a hundred photos need no memory.

    `with_names`: who uploaded it is told to the own enterprise only.
    """
    statements = [(statement, say(statement.text)) for statement in module_of(round_).statements]
    pieces = evidence_of(round_.id)
    let_go()  # copying takes a while
    lines = [_head()]
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for statement, text in statements:
            mine = pieces.get(statement.id, [])
            for piece, name in zip(mine, unique_names([piece.name for piece in mine]), strict=True):
                path = f"{folder_name(statement.id, text)}/{name}"
                lines.append(_line(piece, path, text, found=_put(archive, path, piece)))
        archive.writestr(_entry(INDEX), _csv([line if with_names else [*line[:UPLOADER], *line[UPLOADER + 1 :]] for line in lines]))
    target.seek(0)
    return target


def _entry(path: str) -> zipfile.ZipInfo:
    """Names are UTF-8 and say so (zipfile does where it matters)."""
    return zipfile.ZipInfo(path, clock.in_china(clock.now()).timetuple()[:6])


def _put(archive: zipfile.ZipFile, path: str, piece: Piece) -> bool:
    try:
        with uploads.open_stored(piece.file_key) as source, archive.open(_entry(path), "w") as place:
            shutil.copyfileobj(source, place)
    except uploads.Lost:
        return False
    return True


def _head() -> list[str]:
    return [_("File"), _("No."), _("Statement"), _("Kind"), _("What it shows"), _("Date of the evidence"), _("Uploaded"), _("By"),
            "SHA-256", _("Remark")]


def _line(piece: Piece, path: str, text: str, *, found: bool) -> list[str]:
    uploaded = f"{clock.in_china(piece.uploaded_at):%Y-%m-%d %H:%M}"
    return [path, piece.statement, text, say(piece.kind.label), piece.caption, piece.made_on.isoformat(), uploaded, piece.uploaded_by,
            piece.sha256, "" if found else _("left out: the file is lost")]


def _csv(lines: list[list[str]]) -> bytes:
    """With the mark by which Excel knows UTF-8; nothing in it is run as a formula."""
    text = StringIO()
    csv.writer(text).writerows([f"'{cell}" if cell.startswith(BEGINS_A_FORMULA) else cell for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")
