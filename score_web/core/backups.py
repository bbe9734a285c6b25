"""How does everything get out of a disk's way? One archive with the database, the uploaded files and a checksum of each.

The copy is taken while people work. Files lie still once written, so links to them are enough; they are linked before the database
is copied and again after it, so that every file the copied database names is in the archive. An archive is read back and compared
with its own checksums before it is called a copy, and again before anything is put back.

Putting back begins with the files and changes the database in one transaction; what it does not name any more is removed at the end.
Whoever is killed in between leaves the old data or the new ones, each with all their files.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

from score_web.core import clock, installation, uploads
from score_web.core.copying import copy_in, copy_out, upgrade_file
from score_web.core.db import db
from score_web.core.migrations import upgrade

DATABASE, FILES, SUMS = "score.db", "files", "SHA256SUMS"
data = AppGroup("data", help="Copies of the database and the uploaded files.")


@data.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup(file: Path | None) -> None:
    """Copy database and uploaded files into FILE (or the data folder's `backups`) while they are in use."""
    target = file or _folder("backups") / f"score-{_stamp()}.zip"
    if target.exists():
        raise click.ClickException(f"{target} is there already: it is not overwritten.")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    with _room() as place, _leaving_nothing_half(half):
        _gather(place)
        _pack(place, half)
        with _room() as check:
            number = len(_unpack(half, check))
        half.rename(target)
    click.echo(f"Copied to {target}: the database and {number - 1} files, checksums compared")


@data.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace the data that are there; they are put aside first.")
def restore(file: Path, force: bool) -> None:
    """Put the copy FILE back. Stop the server before. Refuses to replace data that are there, unless forced."""
    there = installation.mode_of_database() is not None or _is_damaged(_database())
    if there and not force:
        raise click.ClickException("There are data here. --force replaces them; they are put aside first.")
    with _room() as place:
        _unpack(file, place)
        _refuse_foreign(place / DATABASE, file)
        db.engine.dispose()
        if there:
            _put_aside()
        _put_back(place)
        upgrade()
        _remove_files_not_in(place / FILES)
    db.engine.dispose()
    click.echo(f"Restored from {file}")


@contextmanager
def _room() -> Iterator[Path]:
    """A place of our own. What somebody left there who was killed is removed a day later; a full disk is told in words."""
    for old in _folder("backups").glob("half-*"):
        if clock.now().timestamp() - old.stat().st_mtime > 86400:
            shutil.rmtree(old, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(dir=_folder("backups"), prefix="half-") as place:
            yield Path(place)
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        raise click.ClickException(f"This did not work, and nothing was changed: {error}") from error


@contextmanager
def _leaving_nothing_half(path: Path):
    """A copy that was not finished leaves nothing behind that could be taken for one."""
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _gather(place: Path) -> None:
    _link_files(uploads.folder().place, place / FILES)
    copy_out(place / DATABASE) if _database() is None else _copy(_database(), place / DATABASE)
    _link_files(uploads.folder().place, place / FILES)
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    lines = [f"{_sum_of(path)}  {path.relative_to(place).as_posix()}\n" for path in paths]
    (place / SUMS).write_text("".join(lines))


def _link_files(source: Path, target: Path) -> None:
    """Finished files only; one that is removed while we look was let go of already."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in source.glob("*/*"):
        link = target / path.parent.name / path.name
        if path.suffix or link.exists():
            continue
        link.parent.mkdir(exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            os.link(path, link)


def _pack(place: Path, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive:
            for path in sorted(path for path in place.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(place).as_posix())
        file.flush()
        os.fsync(file.fileno())


def _unpack(file: Path, place: Path) -> list[str]:
    """What is in the archive, compared with its checksums; ClickException where anything is missing, changed or too much."""
    try:
        with ZipFile(file) as archive:
            archive.extractall(place)
        lines = (place / SUMS).read_text().splitlines()
    except (BadZipFile, zlib.error, FileNotFoundError, EOFError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} is no SCORE Web copy: {error}") from error
    wanted = {name: sum_ for sum_, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(place).as_posix(): _sum_of(path) for path in place.rglob("*") if path.is_file() and path.name != SUMS}
    if wanted != found or DATABASE not in found:
        wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise click.ClickException(f"{file} is damaged: {', '.join(wrong[:5]) or DATABASE}")
    return list(found)


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_foreign(database: Path, file: Path) -> None:
    mode = _mode_in(database)
    if mode != current_app.config["SCORE_ENV"]:
        raise click.ClickException(f"{file} is {mode or 'no SCORE Web'} data; SCORE_ENV is {current_app.config['SCORE_ENV']}.")


def _mode_in(database: Path) -> str | None:
    engine = create_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            return connection.scalar(select(installation.Installation.mode))
    except Exception:
        return None
    finally:
        engine.dispose()


def _put_aside() -> None:
    """What was there stays within reach, files and database together."""
    aside = Path(tempfile.mkdtemp(dir=_folder("backups"), prefix=f"before-restore-{_stamp()}-"))
    _link_files(uploads.folder().place, aside / FILES)
    if _is_damaged(_database()):
        for path in _database().parent.glob(f"{_database().name}*"):
            path.rename(aside / path.name)
    else:
        copy_out(aside / DATABASE) if _database() is None else _copy(_database(), aside / DATABASE)
        (aside / DATABASE).chmod(0o600)
    click.echo(f"What was there is in {aside}")


def _put_back(place: Path) -> None:
    """Files before the database: a database never names a file that is not there yet. Unpacking asks nobody who may read them."""
    for path in place.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    _link_files(place / FILES, uploads.folder().place)
    if _database() is None:
        upgrade_file(place / DATABASE)
        upgrade()
        copy_in(place / DATABASE)
    else:
        _copy(place / DATABASE, _database())


def _remove_files_not_in(kept: Path) -> None:
    """Of the data that were replaced; they lie with what was put aside."""
    for path in uploads.folder().place.glob("*/*"):
        if not (kept / path.parent.name / path.name).exists():
            path.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own backup: a consistent copy even while somebody writes."""
    with closing(sqlite3.connect(source, timeout=20)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


def _database() -> Path | None:
    """The file; None for PostgreSQL."""
    return Path(db.engine.url.database) if db.engine.dialect.name == "sqlite" else None


def _is_damaged(database: Path | None) -> bool:
    """Not to be read any more: the very moment in which a copy is needed."""
    if database is None or not database.exists():
        return False
    try:
        with closing(sqlite3.connect(database, timeout=20)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.DatabaseError:
        return True


def _folder(name: str) -> Path:
    folder = Path(current_app.config["SCORE_DATA_DIR"]) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _stamp() -> str:
    return f"{clock.in_china(clock.now()):%Y%m%d-%H%M%S}"


def init_app(app: Flask) -> None:
    app.cli.add_command(data)
