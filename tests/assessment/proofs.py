"""Photos, documents and traps, made where they are needed: no file lies in the repository."""

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image

ORIENTATION, GPS, EXIF_FOLDER, TAKEN, MAKE = 0x0112, 0x8825, 0x8769, 0x9003, 0x010F
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_SHEET = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def photo(size=(640, 400), *, form="JPEG", taken="2026:03:05 10:20:30", orientation=None, gps=False, colour="teal") -> bytes:
    """The left half is white, so that one sees which way is up."""
    image = Image.new("RGB", size, colour)
    image.paste("white", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    if taken:
        exif.get_ifd(EXIF_FOLDER)[TAKEN] = taken
    if orientation:
        exif[ORIENTATION] = orientation
    if gps:
        exif[MAKE] = "SECRETPHONE"
        exif.get_ifd(GPS).update({1: "N", 2: (29.0, 52.0, 7.0), 3: "E", 4: (121.0, 33.0, 1.0)})
    out = BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def bomb(side: int = 20000) -> bytes:
    """A PNG of 20000 × 20000 white points in some 50 KB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * (side // 8)) * side, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def office(main: str = "word/document.xml", declared: str = WORD, more: dict[str, bytes] | None = None) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override PartName="/{main}" ContentType="{declared}"/></Types>')
        for name, content in ({main: b"<document/>"} | (more or {})).items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def program() -> bytes:
    return b"MZ\x90\0" + b"\0" * 500 + b"This program cannot be run in DOS mode"
