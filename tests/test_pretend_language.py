"""Is any text hard-coded? Every text of the catalogue is shown as ⟦text⟧: a letter outside the brackets comes from nowhere.

What people typed, names of places and the words of bilingual files are data: they are known and taken away first.
"""

import json
import re
from functools import cache

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask_babel import get_domain

from score_web.core.db import db
from tests.catalogue import extracted
from tests.conftest import build, copy_demo
from tests.crawl import VISITORS, Crawl
from tests.source import PACKAGE

LETTERS = re.compile(r"[A-Za-z]{2,}|[一-鿿]+")
ADDRESS = re.compile(r"https?://\S+")
# Names, units and signs that are the same in every language, and what dates are made of.
DATES = {"年", "月", "日", "周一", "周二", "周三", "周四", "周五", "周六", "周日"}
NAMES = {"SCORE", "Web", "English", "中文", "zh", "en", "PDF", "DOCX", "XLSX"} | DATES


@pytest.fixture(scope="module")
def pretend(demo_template, tmp_path_factory):
    """The demo site in a Chinese where every text wears brackets."""
    folder = tmp_path_factory.mktemp("pretend")
    catalogue = Catalog(locale="zh")
    for message in extracted():
        catalogue.add(message, tuple(f"⟦{message[-1]}⟧" for _ in range(1)) if isinstance(message, tuple) else f"⟦{message}⟧")
    target = folder / "translations/zh/LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.po").open("wb") as file:
        write_po(file, catalogue)
    copy_demo(demo_template, folder)
    app = build(f"sqlite:///{folder / 'demo.db'}", folder, BABEL_TRANSLATION_DIRECTORIES=str(folder / "translations"))
    _forget(app)
    yield app
    _forget(app)
    with app.app_context():
        db.engine.dispose()


def _forget(app) -> None:
    """Flask-Babel keeps catalogues per process, whichever application asks."""
    with app.app_context():
        get_domain().cache.clear()


def data(app) -> set[str]:
    """Words that are data: every text in the database, in the files and in the settings."""
    texts = [str(value) for value in app.config.values() if isinstance(value, str)]
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                texts += [json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value) for value in row]
    return words_of(texts) | in_files()


@cache
def in_files() -> set[str]:
    texts = [path.read_text("utf-8") for path in (PACKAGE / "reference").glob("*.csv")]
    for path in PACKAGE.rglob("*.yaml"):
        texts += list(_strings(yaml.safe_load(path.read_text("utf-8"))))
    return words_of(texts)


def words_of(texts: list[str]) -> set[str]:
    return {word for text in texts for word in LETTERS.findall(text)}


def _strings(node):
    if isinstance(node, str):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _strings(child)


def to_translate(element):
    """All texts in it but those that HTML itself marks as no language: codes and keys."""
    if element.get("translate") != "no":
        yield element.text or ""
        for child in element:
            yield from to_translate(child)
            yield child.tail or ""


def outside(text: str) -> str:
    """What is left when everything in brackets is gone; brackets may stand in brackets."""
    while re.search(r"⟦[^⟦⟧]*⟧", text):
        text = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    return text


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_text_comes_from_the_catalogue(pretend, visitor):
    known = re.compile("|".join(map(re.escape, sorted(data(pretend) | NAMES, key=len, reverse=True))))
    bare = {}
    for _endpoint, page in Crawl(pretend, visitor, "zh", most=1, quick=True).pages:
        if page.tree is not None:
            text = outside(ADDRESS.sub(" ", " ".join(to_translate(page.find_all("body")[0]))))
            words = [word for word in LETTERS.findall(text) if LETTERS.search(known.sub("", word))]
            if words:
                bare[page.path] = words[:10]
    assert not bare, "\n".join(f"{path}: {words}" for path, words in bare.items())
