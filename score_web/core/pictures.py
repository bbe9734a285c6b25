"""Is this a photo, and what of it do we keep? Only its pixels, turned upright, small enough, as a fresh JPEG with a thumbnail.

Where it was taken, with what and by whom never reaches the disk; the day it was taken is read out first.
"""

import warnings
from datetime import date
from io import BytesIO
from threading import BoundedSemaphore
from typing import NamedTuple

from score_web.core.errors import Refused
from score_web.core.words import N_

LONGEST, THUMBNAIL = 2000, 240
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG is shrunk while it is read (so is an MPO: the JPEG of a phone that stores a second picture behind the first); the others
# stand in memory whole, and so does a JPEG that shows itself step by step.
MOST_PIXELS = {"JPEG": 80_000_000, "MPO": 80_000_000, "step by step": 30_000_000, "PNG": 24_000_000, "WEBP": 16_000_000}
TAKEN = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized
EXIF_FOLDER = 0x8769
_few_at_a_time = BoundedSemaphore(2)


class Picture(NamedTuple):
    content: bytes
    thumbnail: bytes
    taken_on: date | None


class NotReadable(Refused):
    """This cannot be stored as a picture; the sentence says why and what to do."""


def looks_like_picture(content: bytes) -> bool:
    """By its first bytes; the name and what the browser says of it count for nothing."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def looks_like_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:11] in (b"hei", b"hev", b"mif", b"msf", b"avi")


def read_picture(content: bytes) -> Picture:
    """Raises NotReadable."""
    with _few_at_a_time, warnings.catch_warnings():
        try:
            return _read(content)
        except NotReadable:
            raise
        except MemoryError:
            raise NotReadable(TOO_LARGE) from None
        except Exception as error:  # Pillow's readers fail in many ways over broken files
            raise NotReadable(BROKEN) from error


def _read(content: bytes) -> Picture:
    from PIL import Image, ImageOps  # noqa: PLC0415 - slow to import, few requests need it

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotReadable(TOO_LARGE) from None
    if image.width * image.height > MOST_PIXELS["step by step" if image.info.get("progressive") else image.format]:
        raise NotReadable(TOO_LARGE)
    exif = image.getexif()
    taken_on = _day(exif)
    image.draft("RGB", (LONGEST, LONGEST))
    if image.mode == "P":
        image = image.convert("RGBA")
    image.thumbnail((LONGEST, LONGEST))  # first of all: what follows copies it
    ImageOps.exif_transpose(image, in_place=True)
    image = _on_white(image)
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return Picture(_jpeg(image, 85), _jpeg(small, 75), taken_on)


def _on_white(image):
    """JPEG knows no transparency."""
    from PIL import Image  # noqa: PLC0415 - slow to import, few requests need it

    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image)
        image = ground
    return image.convert("RGB")


def _jpeg(image, quality: int) -> bytes:
    """Built from the pixels alone: a copy without `info` has no EXIF, no comment, no colour profile to carry along."""
    out = BytesIO()
    image.info = {}
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=False)
    return out.getvalue()


def _day(exif) -> date | None:
    """The day of the camera's clock, where it says one."""
    found = (exif.get_ifd(EXIF_FOLDER).get(tag) for tag in TAKEN)
    for text in [text for text in found if isinstance(text, str)]:
        try:
            return date.fromisoformat(text[:10].replace(":", "-"))
        except ValueError:
            continue
    return None


TOO_LARGE = N_(
    "This picture has too many pixels to be read safely. Please take it again with the phone's normal camera setting, or send a screenshot."
)
BROKEN = N_("This picture is damaged or incomplete. Please open it on your phone to see whether it is whole, then choose it again.")
