"""Are the translations compiled? The text catalogue is kept, the compiled one is made whenever it is missing or older."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_stale(directory: Path) -> None:
    """A missing catalogue would silently show English. Written aside and moved, as several processes may start at once."""
    for source in directory.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        fresh = target.with_suffix(f".{os.getpid()}")
        with source.open("rb") as text, fresh.open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parts[-3]))
        fresh.replace(target)
