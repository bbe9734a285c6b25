"""The texts of the source against the Chinese catalogue. `python -m tests.catalogue` prints what still waits for its translation."""

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.source import ROOT

PO = ROOT / "translations/zh/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None, "N_": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@cache
def extracted() -> dict[str | tuple, list[str]]:
    """Message id → where it stands. Babel would skip `_macros`: only folders that begin with a dot are left out."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str | tuple, list[str]] = {}
    for name, line, message, _comments, _context in extract_from_dir(
        str(ROOT), methods, options, KEYWORDS, directory_filter=lambda path: not Path(path).name.startswith(".")
    ):
        found.setdefault(message, []).append(f"{name}:{line}")
    return found


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


def strings(message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def ids(message) -> list[str]:
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


def untranslated() -> list[str]:
    """As "file:line message"."""
    known = {ids(m)[0] for m in catalogue() if m.id and all(strings(m)) and not m.fuzzy}
    return [f"{places[0]} {message!r}" for message, places in extracted().items()
            if (message[0] if isinstance(message, tuple) else message) not in known]


def left_over() -> list[str]:
    used = {m[0] if isinstance(m, tuple) else m for m in extracted()}
    return [m.id for m in catalogue() if m.id and ids(m)[0] not in used]


if __name__ == "__main__":
    waiting = untranslated()
    print("\n".join(waiting) or "Everything is translated.")
    print(f"{len(waiting)} to translate, {len(left_over())} left over")
