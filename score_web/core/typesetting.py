"""How does a page leave as a PDF? Typst sets our own sources; what people typed is data and never becomes markup.

Sources lie in `score_web/<feature>/typst/` and import each other as "/core/base.typ". They see nothing but each other,
the data, and the pictures handed over. The Chinese font is the system's: where there is none, `NoFont` says what to install.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from score_web.core import clock
from score_web.core.words import N_, Sentence

PACKAGE = Path(__file__).parents[1]
CHINESE = (  # in the order of preference; the later ones help out with rare characters
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "HarmonyOS Sans SC",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Heiti SC", "SimHei", "Noto Serif CJK SC", "Source Han Serif SC",
    "SimSun", "Droid Sans Fallback",
)
HELPERS = 3
WITHOUT_LATIN = {"Droid Sans Fallback"}
LATIN = "Libertinus Serif"  # comes with Typst
GETA = "〓"  # what a Chinese typesetter puts where a character is missing
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, direction marks, halves of pairs, private and unassigned characters
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
LONG_RUN = re.compile(r"([!-~]{16})(?=[!-~])")


class NoFont(Exception):
    """This machine has no Chinese font, so there can be no PDF; everything else works."""

    sentence = Sentence(
        N_("PDF files need a Chinese font on the server: install the package fonts-noto-cjk (or fonts-wqy-microhei), then restart.")
    )


def lacking() -> Sentence | None:
    """Why there can be no PDF here, None where there can."""
    return None if _families() else NoFont.sentence


def pdf(source: str, data: dict, *, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A tagged PDF/UA. `source` is "assessment/report.typ"; `pictures` are read by their name as "/pictures/<name>"."""
    import typst  # noqa: PLC0415 - 81 MB that few requests need

    if not _families():
        raise NoFont
    missing = undrawable(_texts(data))
    inputs = {"data": _printable(data, missing), "fonts": _families(), "bold": _has_bold(), "missing": sorted(missing)}
    with TemporaryDirectory() as root:
        _put(pictures or {}, Path(root) / "pictures")
        return typst.compile(
            _sources() | {"main": _sources()[source]}, root=root, font_paths=_fonts(), ignore_system_fonts=True, format="pdf",
            pdf_standards="ua-1", timestamp=clock.now().replace(microsecond=0),
            sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()},
        )


def _put(pictures: Mapping[str, bytes], folder: Path) -> None:
    """Sources are handed over in memory; pictures have to lie somewhere."""
    folder.mkdir()
    for name, content in pictures.items():
        (folder / name).write_bytes(content)


def undrawable(texts: Iterable[str]) -> set[str]:
    """The characters that no font here can draw; in the PDF they become 〓."""
    return {char for char in set().union(*(_clean(text) for text in texts)) if not _drawable(char)}


@cache
def _sources() -> dict[str, bytes]:
    return {f"{path.parents[1].name}/{path.name}": path.read_bytes() for path in PACKAGE.glob("*/typst/*.typ")}


@cache
def _fonts():
    import typst  # noqa: PLC0415 - as above

    return typst.Fonts(include_system_fonts=True)


@cache
def _families() -> list[str]:
    """Chinese fonts that are there, the best first, with a Latin one at the end; empty when there is no Chinese one."""
    there = set(_fonts().families())
    chosen = [family for family in CHINESE if family in there][:HELPERS]
    if chosen and chosen[0] in WITHOUT_LATIN:
        chosen.insert(0, LATIN)
    return [*chosen, LATIN] if chosen else []


@cache
def _has_bold() -> bool:
    """Some fonts come in one weight only; their bold is drawn with a thin outline instead."""
    return any(font.family == _families()[0] and font.weight >= 600 for font in _fonts().fonts())


@cache
def _faces() -> list:
    from PIL import ImageFont  # noqa: PLC0415 - as above

    places = {font.family: (font.path, font.index) for font in _fonts().fonts() if font.path and font.weight in range(350, 451)}
    return [ImageFont.truetype(path, 12, index=index) for path, index in (places[family] for family in _families() if family in places)]


@cache
def _boxes() -> list[bytes]:
    """What each font draws for a character that it does not have."""
    return [bytes(face.getmask("\U0010ffff")) for face in _faces()]


@cache
def _drawable(char: str) -> bool:
    if char.isascii() or char.isspace():
        return True
    return any(bytes(face.getmask(char)) != box for face, box in zip(_faces(), _boxes(), strict=True))


def _texts(data) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from (text for value in data.values() for text in _texts(value))
    elif isinstance(data, list | tuple):
        yield from (text for value in data for text in _texts(value))


def _printable(data, missing: set[str]):
    """The same data with every string ready for the page: missing characters as 〓, long words with places to break."""
    if isinstance(data, str):
        return LONG_RUN.sub("\\1\u200b", _clean(data).translate({ord(char): GETA for char in missing}))
    if isinstance(data, dict):
        return {key: _printable(value, missing) for key, value in data.items()}
    return [_printable(value, missing) for value in data] if isinstance(data, list | tuple) else data


def _clean(text: str) -> str:
    composed = unicodedata.normalize("NFC", VARIATIONS.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in composed if char in "\n\t" or unicodedata.category(char) not in UNSEEN)
