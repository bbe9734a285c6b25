"""A disk that is full, a database that may not be written: really so, in a process that may not do more."""

import os
import pickle
import resource
import tempfile
import traceback
from pathlib import Path

import pytest
from sqlalchemy import event

from score_web.core import uploads
from score_web.core.db import db
from score_web.models import accounts
from tests.conftest import build
from tests.torture import invariants
from tests.torture.errands import Keying, Showing, photo
from tests.torture.points import Inside
from tests.torture.town import Town

pytestmark = pytest.mark.own_app

NOBODY = 65534


@pytest.fixture
def town(app):
    return Town(app)


def errand_of(kind, town, app):
    errand = next(e for e in town.errands(lambda email: Inside(app, email)) if type(e) is kind)
    errand.sign_in("")
    errand.save("")
    errand.save("")
    return errand


def elsewhere(app, fault, work):
    """What `work` says in a process with this fault."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            fault()
            os.write(writer, pickle.dumps(work()))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    assert said, "the process fell over"
    return pickle.loads(said)


def refused(step) -> tuple[int, str]:
    person, path, form, files = step
    status, body = person.ask(path, form, files=files)
    return status, body.decode()


def nothing_happened(app, errand) -> None:
    with app.app_context():
        assert errand.landed() == errand.sent
        assert not (wrong := invariants.broken()), wrong


def no_larger_than(size: int):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_for_a_row(app, town):
    """The log of the database cannot grow: the write fails in the middle, the page comes back, the next write works."""
    errand = errand_of(Keying, town, app)
    step = errand.prepare("")
    status, page = elsewhere(app, no_larger_than(40_000), lambda: fill_up(step))  # what readers need has 32 KB
    assert status == 503
    assert "nothing can be stored just now" in page
    go_on(app, errand)


def test_the_database_is_full(app, town):
    errand = errand_of(Keying, town, app)
    step = errand.prepare("")

    def no_more_pages() -> None:
        with app.app_context():
            event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA max_page_count=1"))

    status, page = elsewhere(app, no_more_pages, lambda: fill_up(step))
    assert status == 503
    assert "nothing can be stored just now" in page
    go_on(app, errand)


def go_on(app, errand) -> None:
    """Of what was stored before there was no room all is there; now there is room again."""
    with app.app_context():
        errand.sent = errand.landed()
        assert not (wrong := invariants.broken()), wrong
    errand.save("")


def fill_up(step) -> tuple[int, str]:
    """Slip after slip until the last free page is used."""
    for number in range(3000):
        status, page = refused((*step[:2], step[2] | {"key": f"{number:032x}"}, {}))
        if status != 303:
            return status, page
    return 303, ""


def test_no_room_for_a_photo(app, town):
    """The file is begun and cannot be finished: nothing of it stays."""
    errand = errand_of(Showing, town, app)
    person, path, form, _ = errand.prepare("")
    step = person, path, form, {"camera": photo(77)}
    with app.app_context():
        before = sorted(uploads.folder().stored())
    status, page = elsewhere(app, small_files_only, lambda: refused(step))
    assert status == 503
    assert "must be chosen again" in page
    with app.app_context():
        assert sorted(uploads.folder().stored()) == before
    nothing_happened(app, errand)
    errand.save("")


def small_files_only() -> None:
    """As a full disk does: some of it is taken, the rest not."""
    real = os.fdopen

    def full(handle, mode="r", *arguments):
        file = real(handle, mode, *arguments)
        if "w" in mode:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        return file

    os.fdopen = full


def test_a_database_that_may_only_be_read(sqlite_template):
    """Folder and file belong to somebody else: pages open, writing says 503."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "read.db").write_bytes(sqlite_template.read_bytes())
        app = build(f"sqlite:///{place / 'read.db'}", place)
        town = Town(app)
        errand = errand_of(Keying, town, app)
        step = errand.prepare("")

        def nobody() -> None:
            for path in (place / "read.db", place):
                path.chmod(path.stat().st_mode & 0o7555)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)

        with app.app_context():
            db.engine.dispose()
        status, page = elsewhere(app, nobody, lambda: refused(step))
        assert status == 503, page[-500:]
        assert "Send it again" in page or "nothing can be stored just now" in page
        place.chmod(0o755)
        (place / "read.db").chmod(0o644)
        nothing_happened(app, errand)
        errand.save("")
        with app.app_context():
            assert db.session.query(accounts.Person).count() > 3
            db.session.remove()
            db.engine.dispose()
