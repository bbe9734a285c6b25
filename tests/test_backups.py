"""Does a copy bring everything back, is a bad one refused, and are data that are there safe from it?"""

import itertools
import os
import resource
import shutil
import signal
import stat
import threading
from zipfile import ZipFile

import pytest

from score_web.core import audit, backups, copying, uploads
from score_web.core.db import db
from tests.conftest import build
from tests.factories import make_person

pytestmark = pytest.mark.own_app

both = pytest.mark.both_engines


@pytest.fixture
def run(app):
    """`run("backup", path)` → what the command said; `fails=True` where it must refuse."""

    def command(*words, fails: bool = False) -> str:
        result = app.test_cli_runner().invoke(args=["data", *map(str, words)])
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return command


def write(name: str, photo: bytes) -> str:
    audit.record("person.arrived", make_person(name))
    key = uploads.store(photo)
    db.session.commit()
    return key


def names() -> list[str]:
    return [row.name for row in db.session.execute(db.text("SELECT name FROM person ORDER BY id"))]


def photo(key: str) -> bytes:
    with uploads.open_stored(key) as file:
        return file.read()


@both
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


@both
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


@both
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


@both
def test_who_comes_next_gets_the_next_number_and_the_audit_stays_closed(app, run, tmp_path):
    with app.app_context():
        write("Before", b"")
    run("backup", tmp_path / "copy.zip")
    run("restore", tmp_path / "copy.zip", "--force")
    with app.app_context():
        write("After", b"")
        assert names() == ["Before", "After"]
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(db.text("UPDATE audit_event SET action = 'x'"))
        db.session.rollback()


@both
def test_what_was_saved_from_one_engine_is_put_back_into_the_other(app, run, tmp_path, engine, request):
    """The way from one machine to several, and back."""
    with app.app_context():
        key = write("Before", b"a photo")
        db.engine.dispose()
    run("backup", tmp_path / "copy.zip")
    other = request.getfixturevalue("other_app")
    result = other.test_cli_runner().invoke(args=["data", "restore", str(tmp_path / "copy.zip"), "--force"])
    assert result.exit_code == 0, result.output
    with other.app_context():
        assert names() == ["Before"]
        assert photo(key) == b"a photo"
        assert write("After", b"")


@pytest.fixture
def other_app(engine, request, tmp_path):
    """An application on the other engine."""
    if engine == "postgresql":
        yield from app_on(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    name = f"moved{os.getpid()}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    app = build(server.uri(name), tmp_path / "moved")
    yield app
    with app.app_context():
        db.engine.dispose()
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def app_on(template, folder):
    (folder / "moved").mkdir()
    shutil.copy(template, folder / "moved/moved.db")
    yield build(f"sqlite:///{folder / 'moved/moved.db'}", folder / "moved")


MOMENTS = {
    "sqlite": [(backups, name) for name in ("_put_aside", "_put_back", "_copy", "_remove_files_not_in")],
    "postgresql": [(copying, "_count_on"), (backups, "_remove_files_not_in")],
}


@both
def test_a_restore_that_is_killed_leaves_the_old_data_or_the_new(app, run, tmp_path, engine, monkeypatch):
    """Before and after each of its steps; nobody puts anything right in between."""
    with app.app_context():
        before = write("Before", b"a photo")
    run("backup", tmp_path / "copy.zip")
    with app.app_context():
        after = write("After", b"a later photo")
    for moment, late in itertools.product(MOMENTS[engine], (False, True)):
        kill_restore(app, tmp_path / "copy.zip", moment, late, monkeypatch)
        with app.app_context():
            found = names()
            assert found in (["Before"], ["Before", "After"]), moment
            assert photo(before) == b"a photo"
            assert "After" not in found or photo(after) == b"a later photo", moment
    run("restore", tmp_path / "copy.zip", "--force")
    with app.app_context():
        assert names() == ["Before"]


def kill_restore(app, copy, moment: tuple, late: bool, monkeypatch) -> None:
    with app.app_context():
        db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        call = getattr(*moment)
        monkeypatch.setattr(*moment, lambda *a: (late and call(*a), os.kill(os.getpid(), signal.SIGKILL)))
        app.test_cli_runner().invoke(args=["data", "restore", str(copy), "--force"])
        os._exit(0)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_full_disk_is_told_and_leaves_nothing_half(app, run, tmp_path, command):
    with app.app_context():
        write("Before", os.urandom(300_000))
        data = uploads.folder().place.parent
    run("backup", tmp_path / "copy.zip")
    with app.app_context():
        write("After", os.urandom(300_000))
        db.engine.dispose()
    place = tmp_path / ("new.zip" if command == "backup" else "copy.zip")
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        result = app.test_cli_runner().invoke(args=["data", command, str(place), *(["--force"] if command == "restore" else [])])
        os._exit(0 if result.exit_code == 1 and "did not work" in result.output else 9)
    assert os.waitpid(pid, 0)[1] == 0
    assert not list(tmp_path.glob("*.part"))
    assert command == "restore" or not place.exists()
    assert not list((data / "backups").glob("half-*"))
    with app.app_context():
        assert names() == ["Before", "After"]


def test_a_damaged_database_is_put_aside_as_it_is(app, run, tmp_path):
    with app.app_context():
        write("Before", b"")
        file = backups._database()
    run("backup", tmp_path / "copy.zip")
    with app.app_context():
        db.engine.dispose()
    file.write_bytes(b"no database at all" * 4000)
    assert "--force" in run("restore", tmp_path / "copy.zip", fails=True)
    run("restore", tmp_path / "copy.zip", "--force")
    with app.app_context():
        assert names() == ["Before"]
