"""Where do uploaded files live? In a folder outside the web root, behind four methods, so that a bucket can take its place.

A file is written before its row commits and removed after the commit that lets go of it: whatever happens in between leaves
at worst a file that no row names, and the sweep removes that.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import event

from score_web.core import clock, jobs
from score_web.core.db import db

KEY = re.compile(r"[0-9a-f]{32}")
YOUNG = timedelta(days=1)  # its row may still be on the way; a copy of the database put back may still name it
files = AppGroup("files", help="Uploaded files.")


class Lost(Exception):
    """A row names this file and it is not there: a copy of the database was put back without its files."""


class Folder:
    """Files by random key; a key is valid for ever, the content under it never changes."""

    def __init__(self, place: Path):
        self.place = place

    def store(self, content: bytes) -> str:
        """Whole or not at all: written under another name, forced to the disk, then renamed."""
        key = secrets.token_hex(16)
        target = self._path(key)
        for folder_ in (self.place, target.parent):
            folder_.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = target.with_suffix(".part")
        try:
            with os.fdopen(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.rename(target)
        except OSError:  # a full disk is not filled further
            half.unlink(missing_ok=True)
            raise
        _to_disk(target.parent)
        return key

    def open(self, key: str) -> BinaryIO:
        """Raises Lost."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise Lost(key) from error

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def stored(self) -> Iterator[tuple[str, datetime]]:
        """Every key, also of a file that was never finished, and when it was last written."""
        for path in self.place.glob("*/*"):
            with suppress(FileNotFoundError):  # removed while we look
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key.removesuffix(".part")):
            raise Lost(key)
        return self.place / key[:2] / key


def _to_disk(folder: Path) -> None:
    """The new name itself, not only what stands under it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def folder() -> Folder:
    return Folder(Path(current_app.config["SCORE_DATA_DIR"]) / "files")


def store(content: bytes) -> str:
    """The key under which `content` lies from now on; gone again when this transaction is rolled back."""
    key = folder().store(content)
    db.session.info.setdefault("files_new", []).append(key)
    return key


def open_stored(key: str) -> BinaryIO:
    return folder().open(key)


def forget(key: str) -> None:
    """Remove the file once the row that named it is gone for good."""
    db.session.info.setdefault("files_forgotten", []).append(key)


def _after_commit(session) -> None:
    session.info.pop("files_new", None)
    _remove_all(session.info.pop("files_forgotten", []))


def _after_rollback(session) -> None:
    session.info.pop("files_forgotten", None)
    _remove_all(session.info.pop("files_new", []))


def _remove_all(keys: list[str]) -> None:
    """What the disk refuses now is left to the sweep: the answer to the person does not depend on it."""
    for key in keys:
        with suppress(OSError):
            folder().remove(key)


def name_keys_in_use(app: Flask, in_use) -> None:
    """A feature whose rows name files hands over `in_use() -> set of keys`; what no feature names is swept."""
    app.extensions.setdefault("score_files_in_use", []).append(in_use)


def sweep() -> int:
    """Remove files that no row names, once they are a day old; how many. The list of files is read before the rows."""
    store_ = folder()
    old = [key for key, written in store_.stored() if clock.now() - written > YOUNG]
    used = set().union(*(in_use() for in_use in current_app.extensions.get("score_files_in_use", [])))
    unused = [key for key in old if key not in used]
    for key in unused:
        store_.remove(key)
    return len(unused)


@files.command("sweep")
def sweep_command() -> None:
    """Remove uploaded files that belong to nothing: left over by a crash, or by a page that was given up."""
    click.echo(f"{sweep()} removed")


event.listen(db.session, "after_commit", _after_commit)
event.listen(db.session, "after_rollback", _after_rollback)


def init_app(app: Flask) -> None:
    app.cli.add_command(files)
    jobs.register(app, "files", every=timedelta(days=1), work=sweep)
