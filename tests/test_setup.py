"""Does an installation start as promised: secrets, marks, keys, copies, and the address it listens on?"""

import os
import stat
import subprocess
import sys

import pytest
from gunicorn.config import Config
from sqlalchemy import text

from score_web import create_app
from score_web.config import SETTINGS, Misconfigured, load
from score_web.core import installation, serving
from score_web.core.db import db
from tests.conftest import build
from tests.factories import make_person
from tests.source import ROOT

SECRET = "a-real-secret-of-more-than-32-characters"


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """No settings but a data folder of our own."""
    for name, _default, _meaning in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SCORE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def flask(*arguments, **environment) -> subprocess.CompletedProcess:
    settings = {k: v for k, v in os.environ.items() if k not in {name for name, *_ in SETTINGS}} | environment
    return subprocess.run([sys.executable, "-m", "flask", "--app", "app", *arguments], cwd=ROOT, env=settings, capture_output=True,
                          text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> set[str]:
    """The modules that are there once the application is made."""
    folder = str(tmp_path_factory.mktemp("loaded"))
    start = [sys.executable, "-c", "import sys, app; print(*sys.modules)"]
    return set(subprocess.check_output(start, cwd=ROOT, text=True, env=os.environ | {"SCORE_DATA_DIR": folder}).split())


def test_demo_is_the_default_and_keeps_its_key(clean):
    first, second = load(), load()
    assert first["DEMO"]
    assert first["HOST"] == "127.0.0.1"
    assert len(first["SECRET_KEY"]) >= 32
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert stat.S_IMODE((clean / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(clean.stat().st_mode) == 0o700


def test_what_is_confirmed_is_on_the_disk(clean):
    """SQLite as shipped; the other tests do without, for speed (`build`)."""
    app = create_app()
    with app.app_context():
        said = [db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")]
        db.session.rollback()
        db.engine.dispose()
    assert said == ["wal", 2, 1, 1]


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_production_refuses_to_start_without_a_real_secret(clean, monkeypatch, secret):
    monkeypatch.setenv("SCORE_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", secret)
    with pytest.raises(Misconfigured, match="SECRET_KEY"):
        load()


def test_production_makes_no_key_and_sends_cookies_over_https_only(clean, monkeypatch):
    monkeypatch.setenv("SCORE_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    settings = load()
    assert not (clean / "secret_key").exists()
    assert settings["SESSION_COOKIE_SECURE"]
    assert not settings["DEMO"]


def test_nothing_is_prepared_where_a_pooler_hands_connections_around(clean, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://score@/score")
    assert "prepare_threshold" not in load()["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]
    monkeypatch.setenv("DATABASE_POOLER", "1")
    assert load()["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]["prepare_threshold"] is None


@pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("SIZE_MIN", "-1"), ("SCORE_ENV", "staging")])
def test_a_wrong_setting_is_named(clean, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=name):
        load()


@pytest.mark.both_engines
def test_a_demo_database_is_refused_by_production(app):
    with app.app_context():
        assert installation.mode_of_database() == "demo"
        address = db.engine.url.render_as_string(hide_password=False)
    with pytest.raises(Misconfigured, match="demo database"):
        build(address, app.config["SCORE_DATA_DIR"], SCORE_ENV="production")


@pytest.mark.both_engines
def test_a_production_database_is_refused_by_the_demo(app):
    with app.app_context():
        db.session.execute(db.update(installation.Installation).values(mode="production"))
        db.session.commit()
        address = db.engine.url.render_as_string(hide_password=False)
    with pytest.raises(Misconfigured, match="production database"):
        build(address, app.config["SCORE_DATA_DIR"])


def test_people_without_a_mark_are_never_taken_for_a_demo(database):
    db.session.execute(db.delete(installation.Installation))
    make_person()
    with pytest.raises(Misconfigured, match="no mark"):
        installation.mark("demo")


def test_demo_reset_does_nothing_in_production(tmp_path):
    settings = {"SCORE_DATA_DIR": str(tmp_path), "SCORE_ENV": "production", "SECRET_KEY": SECRET}
    assert flask("setup", **settings).returncode == 0
    refused = flask("demo", "reset", **settings)
    assert refused.returncode != 0
    assert "production" in refused.stderr


@pytest.mark.parametrize("name", [
    "alembic", "holidays", "icalendar", "PIL", "segno", "sqlalchemy.dialects.postgresql", "typst", "xlsxwriter", "zxcvbn"])
def test_a_server_starts_without_what_few_pages_need(loaded, name):
    assert name not in loaded


def test_a_folder_may_be_named_as_seen_from_here(clean, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCORE_DATA_DIR", "here")
    settings = load()
    assert settings["SCORE_DATA_DIR"] == str(tmp_path / "here")
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/here/score.db"


def test_a_wrong_mode_is_told_in_one_line(tmp_path):
    settings = {"SCORE_DATA_DIR": str(tmp_path), "SCORE_ENV": "production", "SECRET_KEY": SECRET}
    flask("setup", **settings)
    refused = flask("setup", SCORE_DATA_DIR=str(tmp_path))
    assert refused.returncode != 0
    assert refused.stderr.strip().splitlines() == ["SCORE Web does not start: this is a production database, and SCORE_ENV is demo"]


def served(app, monkeypatch, **settings) -> tuple[Config, str]:
    """The settings of the server that `flask serve` would start, and what it says."""
    started = []
    app.config.update(settings)
    monkeypatch.setattr(serving.Server, "run", lambda server: started.append(server))
    result = app.test_cli_runner().invoke(args=["serve"])
    assert result.exit_code == 0, result.output
    return started[0].cfg, result.output


def test_demo_listens_on_this_computer_only(app, monkeypatch):
    started, said = served(app, monkeypatch)
    assert (started.bind, started.workers, started.accesslog) == (["127.0.0.1:5000"], 1, None)
    assert "http://127.0.0.1:5000/" in said
    assert "Warning" not in said


def test_opening_the_demo_warns(app, monkeypatch):
    started, said = served(app, monkeypatch, HOST="0.0.0.0", PORT=5055)
    assert started.bind == ["0.0.0.0:5055"]
    assert "Warning" in said


def test_serving_needs_a_database_that_is_set_up(app):
    with app.app_context():
        db.session.execute(db.delete(installation.Installation))
        db.session.commit()
    assert app.test_cli_runner().invoke(args=["serve"]).exit_code != 0
