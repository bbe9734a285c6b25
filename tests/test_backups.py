"""Does a copy bring everything back, is a bad one refused, and are data that are there safe from it?"""

import stat
import threading
from zipfile import ZipFile

import pytest

from score_web.core import uploads
from score_web.core.db import db
from tests.factories import make_person


@pytest.fixture
def run(app):
    """`run("backup", path)` → what the command said; `fails=True` where it must refuse."""

    def command(*words, fails: bool = False) -> str:
        result = app.test_cli_runner().invoke(args=["data", *map(str, words)])
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return command


def write(name: str, photo: bytes) -> str:
    make_person(name)
    key = uploads.store(photo)
    db.session.commit()
    return key


def names() -> list[str]:
    return [row.name for row in db.session.execute(db.text("SELECT name FROM person ORDER BY id"))]


def photo(key: str) -> bytes:
    with uploads.open_stored(key) as file:
        return file.read()


def test_a_copy_brings_back_database_and_files(app, run, tmp_path):
    copy = tmp_path / "copy.zip"
    with app.app_context():
        before = write("Before", b"a photo")
    assert "1 files, checksums compared" in run("backup", copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with app.app_context():
        after = write("After", b"a later photo")
        uploads.folder().remove(before)
        db.engine.dispose()
    run("restore", copy, "--force")
    with app.app_context():
        assert names() == ["Before"]
        assert photo(before) == b"a photo"
        with pytest.raises(uploads.Lost):
            photo(after)
        kept = uploads.folder().place
        assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, *kept.rglob("*"))} == {0o700, 0o600}, "nobody else reads them"


def test_what_was_there_is_put_aside(app, run, tmp_path):
    with app.app_context():
        write("Before", b"")
    run("backup", tmp_path / "copy.zip")
    with app.app_context():
        later = write("After", b"a later photo")
        db.engine.dispose()
        data = uploads.folder().place.parent
    run("restore", tmp_path / "copy.zip", "--force")
    (aside,) = (data / "backups").glob("before-restore-*")
    assert (aside / "files" / later[:2] / later).read_bytes() == b"a later photo"
    assert (aside / "score.db").exists()


def test_data_that_are_there_are_not_replaced_by_accident(app, run, tmp_path):
    with app.app_context():
        write("Before", b"")
    run("backup", tmp_path / "copy.zip")
    with app.app_context():
        write("After", b"")
    assert "--force" in run("restore", tmp_path / "copy.zip", fails=True)
    with app.app_context():
        assert names() == ["Before", "After"]


def test_an_older_copy_is_never_overwritten(run, tmp_path):
    run("backup", tmp_path / "copy.zip")
    run("backup", tmp_path / "copy.zip", fails=True)


@pytest.mark.parametrize("harm", ["changed", "missing", "too_much", "cut"])
def test_a_damaged_copy_is_refused_and_nothing_is_touched(app, run, tmp_path, harm):
    with app.app_context():
        key = write("Before", b"a photo")
    copy, bad = tmp_path / "copy.zip", tmp_path / "bad.zip"
    run("backup", copy)
    if harm == "cut":
        bad.write_bytes(copy.read_bytes()[:-200])
    else:
        _rewrite(copy, bad, f"files/{key[:2]}/{key}", harm)
    run("restore", bad, "--force", fails=True)
    with app.app_context():
        assert names() == ["Before"]
        assert photo(key) == b"a photo"


def _rewrite(copy, bad, victim: str, harm: str) -> None:
    with ZipFile(copy) as old, ZipFile(bad, "w") as new:
        for name in old.namelist():
            if name == victim and harm == "missing":
                continue
            new.writestr(name, b"another" if name == victim and harm == "changed" else old.read(name))
        if harm == "too_much":
            new.writestr("files/zz/more", b"smuggled in")


def test_nothing_strange_is_restored(run, tmp_path):
    strange = tmp_path / "letter.txt"
    strange.write_text("no database")
    assert "no SCORE Web" in run("restore", strange, "--force", fails=True)


def test_every_file_that_the_copied_database_names_is_in_the_copy(app, run, tmp_path):
    """While somebody goes on storing photos: each row's file is there, whenever the copy was taken."""
    stop = threading.Event()

    def go_on():
        with app.app_context():
            while not stop.is_set():
                key = uploads.store(b"photo")
                make_person(key)
                db.session.commit()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        run("backup", tmp_path / "copy.zip")
    finally:
        stop.set()
        writer.join()
    with app.app_context():
        db.engine.dispose()
    run("restore", tmp_path / "copy.zip", "--force")
    with app.app_context():
        assert all(photo(name) == b"photo" for name in names())
