"""Which templates were compiled before? They are kept in the data folder, for the next process to begin with.

Into a compiled page went macros, translations and the questionnaire (see `folding`), so the folder bears the fingerprint of all the code
and texts there are. Whatever changes makes a new folder and clears the others away: no page is ever taken for that of another release.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from score_web.config import ROOT

GOES_INTO_PAGES = ("templates", "translations", "score_web")
KINDS = (".html", ".txt", ".json", ".mo", ".py", ".yaml", ".css", ".js", ".svg")  # the last three: pages name them by their content


class Kept(FileSystemBytecodeCache):
    """Where nothing can be written or read, pages are compiled as if there were nothing to keep."""

    def load_bytecode(self, bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # cut off when the machine stopped: whatever the reader makes of it
            bucket.reset()

    def dump_bytecode(self, bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def folder(app: Flask) -> Path:
    here = Path(app.config["SCORE_DATA_DIR"]) / "compiled" / _fingerprint()
    with suppress(OSError):
        if not here.exists():
            shutil.rmtree(here.parent, ignore_errors=True)
            here.mkdir(parents=True, mode=0o700)
    return here


def _fingerprint() -> str:
    packages = ROOT / "requirements.txt"
    files = [packages] if packages.exists() else []
    for top in GOES_INTO_PAGES:
        for place, folders, names in os.walk(ROOT / top):
            folders.sort()
            files += [Path(place, name) for name in sorted(names) if name.endswith(KINDS)]
    seen = hashlib.blake2b(digest_size=16)
    for file in files:
        content = file.read_bytes()
        seen.update(f"{file}\0{len(content)}\0".encode() + content)
    return seen.hexdigest()
