"""Is everything said in Chinese, and the same thing? Read from the catalogue and the source, without starting the application."""

import importlib
import re

from score_web.core.words import Labelled
from tests.catalogue import PLACEHOLDER, catalogue, extracted, ids, left_over, strings, untranslated
from tests.source import name_of, python_files

MESSAGES = [m for m in catalogue() if m.id]


def test_every_text_is_translated():
    assert untranslated() == []


def test_no_text_is_left_over():
    assert left_over() == []
    assert catalogue().obsolete == {}


def test_nothing_is_fuzzy():
    assert [m.id for m in MESSAGES if m.fuzzy] == []


def test_placeholders_survive_translation():
    for message in MESSAGES:
        wanted = set().union(*(PLACEHOLDER.findall(text) for text in ids(message)))
        for text in filter(None, strings(message)):
            given = set(PLACEHOLDER.findall(text))
            assert given <= wanted, f"{message.id}: invents {given - wanted}"
            assert wanted - given <= {"num"}, f"{message.id}: loses {wanted - given}"
            assert text.count("%") == len(PLACEHOLDER.findall(text)) + 2 * text.count("%%"), f"{message.id}: a bare %"


def test_plurals_have_one_chinese_form():
    assert [m.id for m in MESSAGES if isinstance(m.id, tuple) and len(strings(m)) != 1] == []


def test_chinese_is_chinese():
    """A translation without a single Chinese character is a forgotten one, unless it is a name, a number or a sign."""
    same = [m.id for m in MESSAGES if all(strings(m)) and not re.search(r"[一-鿿]", strings(m)[0])
            and re.search(r"[a-z]{4}", PLACEHOLDER.sub("", ids(m)[0])) and strings(m)[0] not in {"SCORE Web", "English"}]
    assert same == []


def test_chinese_uses_its_own_punctuation():
    wrong = [strings(m)[0] for m in MESSAGES if re.search(r"[一-鿿][,;:?!]|[一-鿿]\.(?:\s|$)", strings(m)[0])]
    assert wrong == []


def test_every_label_is_marked():
    """Labels of enums reach the page by say(): each must be in the catalogue."""
    for path in python_files():
        if "Labelled" in path.read_text("utf-8"):
            importlib.import_module(name_of(path))
    known = {m for m in extracted() if isinstance(m, str)}
    assert [f"{kind.__name__}.{member.name}" for kind in _all(Labelled) for member in kind if member.label not in known] == []


def _all(kind):
    return [found for direct in kind.__subclasses__() for found in [direct, *_all(direct)]]
