"""The application on a fresh database for every test, and a client that checks every page it fetches."""

import itertools
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from jinja2 import BytecodeCache
from sqlalchemy import event

from score_web import create_app
from score_web.core.cli import prepare_database
from score_web.core.db import db
from score_web.demo.services import seed
from tests.client import Client
from tests.engines import Postgres
from tests.screen import LiveServer, chromium
from tests.timings import pytest_sessionfinish, pytest_terminal_summary  # noqa: F401 - hooks
from tests.together import Together

FAST_HASH = {"memory_cost": 8, "time_cost": 1, "parallelism": 1}
ROOM = 4_000_000_000  # bytes; a run takes a quarter of them
_numbers = itertools.count(1)
_compiled = {}


def pytest_configure(config):
    """What tests write lies in memory where there is room: a slow disk made the same run take twice as long."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    if roomy and not os.statvfs(memory).f_flag & os.ST_NOEXEC:  # PostgreSQL's programs lie there, too
        tempfile.tempdir = str(memory)


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


def pytest_generate_tests(metafunc):
    """Modules or tests marked both_engines run once on SQLite and once on PostgreSQL."""
    if "engine" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_engines")
        metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    yield server
    server.stop()


class Compiled(BytecodeCache):
    """Templates of one language, kept for the applications to come; Jinja asks whether the source is still the same."""

    def __init__(self):
        self.known = {}

    def load_bytecode(self, bucket):
        code, checksum = self.known.get(bucket.key, (None, ""))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket):
        self.known[bucket.key] = bucket.code, bucket.checksum


def build(uri: str, folder, **settings):
    """An application for tests: quick password hashes, its own data folder, templates that an earlier application has compiled, and
    a database that need not survive a crash of the machine (see also tests/engines.py)."""
    app = create_app(
        DATABASE_URL=uri,
        SCORE_DATA_DIR=str(folder),
        SECRET_KEY="test-key-" * 5,
        ARGON2=FAST_HASH,
        TESTING=True,
        PROPAGATE_EXCEPTIONS=True,
        **settings,
    )
    for language, environment in app.environments.items():
        environment.bytecode_cache = _compiled.setdefault((app.config["BABEL_TRANSLATION_DIRECTORIES"], language), Compiled())
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    return app


def migrate(app) -> None:
    with app.app_context():
        prepare_database()
    rest(app)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    migrate(build(f"sqlite:///{path}", folder))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres, tmp_path_factory):
    postgres.execute("CREATE DATABASE template_score")
    migrate(build(postgres.uri("template_score"), tmp_path_factory.mktemp("template_pg")))
    return "template_score"


@pytest.fixture
def engine(request):
    return request.param


@pytest.fixture
def app(engine, request, tmp_path):
    """On a database of its own. The application is one that earlier tests had, unless the test asks for `own_app` or a real browser
    comes, whose last request may arrive when the test is over."""
    make = request.getfixturevalue("database_on")
    if request.node.get_closest_marker("own_app") or "live" in request.fixturenames:
        with make(engine, tmp_path, f"t{os.getpid()}_{next(_numbers)}") as uri:
            app = build(uri, tmp_path)
            yield app
            rest(app)
    else:
        with request.getfixturevalue("lent").app(engine) as app:
            yield app


def rest(app) -> None:
    """No connection stays open."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def database_on(request):
    """`database_on(engine, folder, name)`: a context in which there is a migrated, empty database at the address it gives."""

    @contextmanager
    def make(engine: str, folder: Path, name: str):
        if engine == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "test.db")
            yield f"sqlite:///{folder / 'test.db'}"
        else:
            server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            yield server.uri(name)
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return make


@pytest.fixture(scope="session")
def lent(database_on, tmp_path_factory):
    return Lent(database_on, tmp_path_factory.mktemp("lent"))


class Lent:
    """One application for each engine, lent to one test after the other: it has put its addresses, templates and statements together
    once. Each test finds a new database, an empty data folder and the settings as they were at first."""

    def __init__(self, database_on, folder: Path):
        self.database_on, self.folder, self.known = database_on, folder, {}

    @contextmanager
    def app(self, engine: str):
        folder = self.folder / engine
        folder.mkdir()
        with self.database_on(engine, folder, f"lent{os.getpid()}") as uri:
            app = self.known[engine] = self.known.get(engine) or build(uri, folder)
            before = dict(app.config), dict(app.extensions), len(app.view_functions)
            yield app
            rest(app)
        shutil.rmtree(folder)
        self._take_back(engine, *before)

    def _take_back(self, engine: str, config: dict, extensions: dict, views: int) -> None:
        app = self.known.pop(engine)
        with app.app_context():
            listeners = list(db.engine.dispatch.before_cursor_execute)
        assert (len(app.view_functions), listeners) == (views, []), "this test leaves something behind: it needs own_app"
        for now, before in ((app.config, config), (app.extensions, extensions)):
            now.clear()
            now.update(before)
        self.known[engine] = app


@pytest.fixture(scope="session")
def demo_template(sqlite_template, tmp_path_factory):
    """A migrated database with the demo data in it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(sqlite_template, folder / "demo.db")
    app = build(f"sqlite:///{folder / 'demo.db'}", folder)
    with app.app_context():
        seed()
        db.session.commit()
    rest(app)
    return folder / "demo.db"


def copy_demo(template, folder) -> None:
    """The database and the uploaded files of its rows."""
    shutil.copy(template, folder / "demo.db")
    shutil.copytree(template.with_name("files"), folder / "files")


@pytest.fixture
def demo_app(demo_template, tmp_path):
    """The application as `make run` shows it: sign in with the addresses of `demo.cli.SIGN_INS`."""
    copy_demo(demo_template, tmp_path)
    app = build(f"sqlite:///{tmp_path / 'demo.db'}", tmp_path)
    yield app
    rest(app)


@pytest.fixture
def demo_live(demo_app):
    with LiveServer(demo_app) as address:
        yield address


@pytest.fixture
def database(app):
    """An application context for arranging rows and asking services and queries; commit what the client should see."""
    with app.app_context():
        yield db


@pytest.fixture
def client(app):
    return Client(app)


@pytest.fixture
def live(app):
    """The address of the application, served on a free port for a real browser."""
    with LiveServer(app) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium. Where it cannot start the tests fail: nothing is skipped."""
    with chromium() as started:
        yield started
