"""Do the long texts say the same in both languages, and is a gap refused with its place?"""

import copy
import re
from datetime import date

import pytest

from score_web.accounts.consents import DOCUMENTS
from score_web.pages import documents
from score_web.pages.documents import Incomplete, fill, parse, read, version

NAMES = sorted(path.stem for path in documents.FOLDER.glob("*.yaml"))
SMALL = {
    "version": date(2026, 11, 1),
    "title": {"zh": "标题", "en": "Title"},
    "lead": {"zh": "导语", "en": "Lead"},
    "sections": [{"id": "one", "heading": {"zh": "一", "en": "One"}, "parts": [{"list": [{"zh": "由{operator}", "en": "By {operator}"}]}]}],
}


def with_change(path: list, value):
    tree = copy.deepcopy(SMALL)
    node = tree
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return tree


def test_a_document_is_read_in_one_language():
    document = parse(SMALL, "zh")
    assert (document.title, document.sections[0].heading) == ("标题", "一")
    assert document.sections[0].parts[0].content == ("由{operator}",)
    assert parse(SMALL, "en").title == "Title"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["title"], {"zh": "标题"}, "title: en is missing"),
        (["title"], {"zh": " ", "en": "Title"}, "title: zh is missing"),
        (["lead"], "Lead", "lead: write it in both languages"),
        (["sections", 0, "parts", 0, "list", 0], {"zh": "由我们", "en": "By {operator}"}, "placeholders differ"),
        (["sections", 0, "parts", 0, "list", 0], {"zh": "{price}", "en": "{price}"}, "placeholders differ or are unknown"),
        (["sections", 0, "parts", 0], {"poem": {"zh": "诗", "en": "Poem"}}, "a part is one of"),
        (["version"], "soon", "must be a date"),
        (["sections"], SMALL["sections"] * 2, "used twice"),
    ],
)
def test_a_gap_is_refused_with_its_place(path, value, words):
    with pytest.raises(Incomplete, match=re.escape(words)):
        parse(with_change(path, value), "en")


def test_a_document_without_sections_is_refused():
    with pytest.raises(Incomplete, match="sections missing"):
        parse({key: value for key, value in SMALL.items() if key != "sections"}, "zh")


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_shape(name):
    chinese, english = read(name, "zh"), read(name, "en")
    assert [s.id for s in chinese.sections] == [s.id for s in english.sections]
    for mine, theirs in zip(chinese.sections, english.sections, strict=True):
        assert [p.kind for p in mine.parts] == [p.kind for p in theirs.parts]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_of_a_table_has_every_column(name, language):
    tables = [part.content for section in read(name, language).sections for part in section.parts if part.kind == "table"]
    assert all(len({len(row) for row in rows}) == 1 for rows in tables)


@pytest.mark.parametrize("name", NAMES)
def test_chinese_is_chinese_and_english_is_english(name):
    chinese, english = everything(read(name, "zh")), everything(read(name, "en"))
    assert not re.search(r"[一-鿿]", english)
    assert not re.search(r"[一-鿿][,;:!?()]|[,;:!?()][一-鿿]", chinese), "full-width punctuation in Chinese"
    assert not re.search(r"[一-鿿] [A-Za-z0-9]|[A-Za-z0-9] [一-鿿]", chinese), "the browser spaces Chinese and Latin, not we"


@pytest.mark.parametrize("name", NAMES)
def test_no_promise_that_nobody_can_keep(name):
    assert not re.search(
        r"official ILO|国际劳工组织官方|guaranteed? (savings|price)|保证通过",
        everything(read(name, "en")) + everything(read(name, "zh")),
        re.I,
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_consent_refers_to_the_date_of_the_text(name):
    assert version(name) == DOCUMENTS[name]


def test_settings_fill_the_placeholders():
    assert fill("由{operator}在{decision_days}天内", {"operator": "甲{b}", "decision_days": 10}) == "由甲{b}在10天内"


def everything(document) -> str:
    """All words of a document in one string."""

    def words(thing):
        return thing if isinstance(thing, str) else " ".join(map(words, thing))

    parts = [words(part.content) for section in document.sections for part in section.parts]
    return "\n".join([document.title, document.lead, *(s.heading for s in document.sections), *parts])
