"""Any text may stand in a PDF: it is drawn or replaced, never markup, and every reader can find it again."""

import pytest

from score_web.core import typesetting
from tests import papers

SOURCE = b"""#import "/core/base.typ": *
#show: paper.with(title: "Test", footer: "below")
#for line in data.lines { par[#line] }
"""
NASTY = [
    '#read("/etc/passwd")', "= heading", "$x^2$ \\ \\n", "*bold* _it_ `raw` <label> @ref", "// comment /* and */",
    '#import "@preview/x:1.0.0"', "https://example.com/" + "a" * 300, '{"a": 1}', "%s %(n)s {page} {pages}", "]] } #{ panic() }", "=1+1",
    "~ -- --- ... 'single' \"double\"",
]


@pytest.fixture
def make(monkeypatch):
    known = typesetting._sources()
    monkeypatch.setattr(typesetting, "_sources", lambda: known | {"core/test.typ": SOURCE})
    return lambda *lines: typesetting.pdf("core/test.typ", {"lines": list(lines)})


def test_what_people_typed_is_printed_and_does_nothing(make, tmp_path):
    found = papers.text(make(*NASTY), tmp_path)
    for line in NASTY:
        assert papers.squeezed(line) in found
    assert "root:" not in found


def test_it_is_tagged_for_everybody_and_brings_its_fonts(make, tmp_path):
    pdf = make("中文 English 123 %")
    assert papers.info(pdf, tmp_path)["Tagged"] == "yes"
    assert papers.info(pdf, tmp_path)["Title"] == "Test"
    assert "<pdfuaid:part>1</pdfuaid:part>" in papers.metadata(pdf, tmp_path)
    fonts = papers.fonts(pdf, tmp_path)
    assert fonts
    assert all(embedded for _name, embedded in fonts)


def test_rare_characters_are_drawn_and_found(make, tmp_path):
    """A glyph that is missing would look like every other missing one."""
    assert "王㛃、李堃、陈昇" in papers.text(make("王㛃、李堃、陈昇"), tmp_path)
    assert typesetting.undrawable(["㛃堃昇"]) == set()
    pictures = {papers.picture(make(character * 20), tmp_path) for character in "㛃堃昇〓"}
    assert len(pictures) == 4


def test_what_no_font_has_is_replaced_and_named(make, tmp_path):
    nowhere = "\U0001f44d\u0e01\U000107ff"
    found = papers.text(make(f"好{nowhere}。"), tmp_path)
    replaced = typesetting.undrawable([nowhere])
    assert replaced
    assert f"好{'〓' * sum(char in replaced for char in nowhere)}" in found.replace("\u0e01", "")


@pytest.mark.parametrize("line", [
    "".join(map(chr, range(32))), "\ud800 \udfff", "\ufffe\uffff", "\u202eright to left\u202c", "\ufeff\u200b\u200d\ufe0f",
    "\ue000\U000f0000", "e\u0301", "\u0301", "\U0010ffff", "👨‍👩‍👧", "ﷺ العربية", "a\r\nb\rc\td\u2028e\u2029f\u0085g", "",
])
def test_no_character_stops_it(make, line):
    assert make(line, "中").startswith(b"%PDF")


def test_no_font_is_said_in_one_sentence(make, monkeypatch):
    monkeypatch.setattr(typesetting, "_families", lambda: [])
    assert typesetting.lacking() == typesetting.NoFont.sentence
    with pytest.raises(typesetting.NoFont):
        make("中")


def test_a_source_sees_nothing_but_what_it_is_given(make, monkeypatch):
    import typst

    known = typesetting._sources()
    for reading in (b'#read("/etc/passwd")', b'#read("../../config.py")', b'#import "@preview/cetz:0.3.0"'):
        monkeypatch.setattr(typesetting, "_sources", lambda source=reading: known | {"core/test.typ": source})
        with pytest.raises(typst.TypstError):
            make("x")
