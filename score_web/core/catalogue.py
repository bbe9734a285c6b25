"""Are the translations compiled? The text catalogue is kept, the compiled one is made whenever it is missing or older."""

import os
from pathlib import Path


def compile_stale(directory: Path) -> None:
    """A missing catalogue would silently show English. Written aside and moved, as several processes may start at once."""
    for source in directory.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - slow to import, once for each catalogue
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    fresh = target.with_suffix(f".{os.getpid()}")
    with source.open("rb") as text, fresh.open("wb") as compiled:
        write_mo(compiled, read_po(text, locale=source.parts[-3]))
    fresh.replace(target)
