"""A second process begins with the pages that the first has compiled, and never with those of another release."""

import pytest

from score_web.core import compiled, i18n
from tests.conftest import FAST_HASH, create_app

pytestmark = pytest.mark.own_app


@pytest.fixture
def started(app):
    """Starts the application anew on the same data, with the folder of compiled pages that it chooses itself."""
    names = ("DATABASE_URL", "SCORE_DATA_DIR", "SECRET_KEY")
    return lambda: create_app(**{name: str(app.config[name]) for name in names}, ARGON2=FAST_HASH, TESTING=True)


def home(app) -> str:
    answer = app.test_client().get("/zh/")
    assert answer.status_code == 200
    return answer.text.partition("<main")[2]


def test_pages_are_compiled_once(started, monkeypatch):
    first = home(started())

    def never(*_):
        raise AssertionError("compiled again")

    monkeypatch.setattr(i18n.LanguageEnvironment, "_parse", never)
    assert home(started()) == first


def test_whatever_goes_into_pages_makes_a_new_folder(started, monkeypatch, tmp_path):
    before = compiled.folder(started())
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/more.html").write_text("more")
    monkeypatch.setattr(compiled, "GOES_INTO_PAGES", (*compiled.GOES_INTO_PAGES, str(tmp_path / "templates")))
    after = compiled.folder(started())
    assert before != after
    assert after.exists() and not before.exists()


def test_a_file_that_was_cut_off_is_compiled_anew(started):
    app = started()
    first = home(app)
    kept = list(compiled.folder(app).iterdir())
    assert kept
    for file in kept:
        file.write_bytes(file.read_bytes()[:100])
    assert home(started()) == first


def test_without_a_place_to_keep_them_pages_come_all_the_same(started, tmp_path):
    first = home(started())
    folder = compiled.folder(started())
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.write_text("no folder")
    assert home(started()) == first
