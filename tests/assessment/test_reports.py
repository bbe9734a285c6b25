"""Nothing gets lost on the way out: every answer, note, reason and photo is in the report or listed as left out."""

import dataclasses
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from python_calamine import CalamineWorkbook

from score_web.assessment import questionnaire, scoring
from score_web.assessment.answering import Reply, Stored
from score_web.assessment.evidence import EvidenceKind, Piece
from score_web.assessment.exports import report as reports
from score_web.assessment.exports.blank import blank_pdf
from score_web.assessment.exports.paper import Form, report_pdf
from score_web.assessment.exports.report import Report
from score_web.assessment.exports.wording import Words
from score_web.assessment.exports.workbook import report_xlsx
from score_web.assessment.findings import Findings, Lenses
from score_web.assessment.lenses import Lens, Tally, view
from score_web.core import typesetting
from score_web.core.words import Text
from tests import papers
from tests.test_typesetting import NASTY

MODULE = questionnaire.module(1)
IDS = [statement.id for statement in MODULE.statements]
DAY = datetime(2026, 3, 5, 1, 20, tzinfo=UTC)
TYPED = st.one_of(st.sampled_from([*NASTY, "换模时间从45分钟降到18分钟。" * 40, "王㛃 & 李堃 <昇>", "👍好"]),
                  st.text("中文字母表abcXYZ019。，“”（）=+-#$*_`\\@<>[]{}%&'\"/ \n", max_size=60)).map(str.strip)
REPLIES = st.one_of(st.builds(Reply, st.sampled_from(["", "0", "1", "2", "3"]), st.just(""), TYPED, st.booleans()),
                    st.builds(Reply, st.just("na"), TYPED.filter(bool), TYPED, st.booleans()))


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context("/en/"):
        yield


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(out, "JPEG")
    return out.getvalue()


def a_piece(number: int, statement: str, *, photo: bool = True, caption: str = "") -> Piece:
    name = f"现场-{number}.jpg" if photo else f"制度-{number}.pdf"
    return Piece(number, statement, EvidenceKind.PHOTO if photo else EvidenceKind.DOCUMENT, name, caption, date(2026, 3, 1), DAY, "陈晓",
                 "image/jpeg", 1, "", "", f"t{number}" if photo else None)


def a_report(replies: dict[str, Reply], **more) -> Report:
    stored = {key: Stored(reply, 1, DAY, 1, "陈晓") for key, reply in replies.items()}
    score = scoring.score(MODULE, {key: reply.rating for key, reply in replies.items()})
    values = {
        "module": MODULE, "enterprise": Text(zh="宁波示范五金厂", en="Ningbo Demo Hardware"), "number": 2, "edition": "2026",
        "submitted": True, "day": DAY.date(), "found": Findings(score), "earlier": None, "answers": stored,
        "lenses": Lenses(score, view(Lens.SELF, {}), view(Lens.WORKERS, {}), view(Lens.TRAINER, {})), "trainer": {}, "with_names": True,
    }
    return Report(**values | more)


def printed(text: str) -> str:
    """As it must be found in a PDF."""
    missing = typesetting.undrawable([text])
    return papers.squeezed(typesetting._printable(text, missing))


@settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(replies=st.fixed_dictionaries(dict.fromkeys(IDS, REPLIES)), photos=st.lists(st.sampled_from(IDS), max_size=6))
def test_every_answer_note_reason_and_photo_leaves(tmp_path, replies, photos):
    pieces = [a_piece(number, statement, photo=number % 3 > 0, caption="班前会") for number, statement in enumerate(photos)]
    evidence = {key: [piece for piece in pieces if piece.statement == key] for key in IDS}
    report = a_report(replies, evidence=evidence, pictures={piece.id: a_picture() for piece in pieces if piece.is_photo})
    found = papers.text(report_pdf(report, Form.FULL, Words.ZH), tmp_path, footer=False)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(report, Words.ZH)))
    rows = {row[1]: row for row in sheets.get_sheet_by_name("逐条答案").to_python()[1:]}
    for statement, reply in replies.items():
        label = "不适用" if reply.not_applicable else questionnaire.SCALE[reply.value].label.zh if reply.value is not None else "未作答"
        assert statement in found
        assert rows[statement][4:8] == ["" if reply.value is None else reply.value, label, reply.reason, reply.note]
        assert printed(reply.note) in found
        assert printed(reply.reason) in found
        assert rows[statement][8] == ("是" if reply.discuss else "")
    assert found.count(printed("需要讨论")) == sum(reply.discuss for reply in replies.values())
    for piece in pieces:
        assert printed(piece.name) in found
        assert piece.name in rows[piece.statement][9]


def test_photos_beyond_the_limit_and_lost_ones_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(reports, "MOST_PHOTOS", 2)
    pieces = [a_piece(number, IDS[0]) for number in range(1, 5)]
    report = a_report({IDS[0]: Reply("2")}, evidence={IDS[0]: pieces}, pictures={1: a_picture()})
    found = papers.text(report_pdf(report, Form.FULL, Words.EN), tmp_path)
    left_out = found.partition("Leftout")[2]
    for piece in pieces:
        assert printed(piece.name) in found
    assert all(name in left_out for name in ("现场-3.jpg", "现场-4.jpg", "现场-2.jpg"))
    assert "现场-1.jpg" not in left_out


def test_characters_that_cannot_be_drawn_are_listed(tmp_path):
    nowhere = "\U0001f44d"
    assert typesetting.undrawable([nowhere]), "this test needs a character that no font here has"
    found = papers.text(report_pdf(a_report({IDS[0]: Reply("2", note=f"好{nowhere}")}), Form.FULL, Words.EN), tmp_path)
    assert "好〓" in found
    assert "U+1F44D" in found


def crowded() -> Report:
    """Everything at once: longest names, all statements at the lowest, another time before, three lenses."""
    replies = dict.fromkeys(IDS, Reply("0"))
    low = scoring.score(MODULE, {key: reply.rating for key, reply in replies.items()})
    numbers = {statement.id: Tally(9, 6) for statement in MODULE.statements if statement.worker}
    lenses = Lenses(low, view(Lens.SELF, {}), view(Lens.WORKERS, numbers), view(Lens.TRAINER, {key: Tally(2, 1) for key in IDS}))
    name = Text(zh="浙江宁波慈溪余姚示范精密五金电器配件制造有限公司" * 5, en="Longwordsfactory" * 10)
    return a_report(replies, enterprise=name, found=Findings(low, low), earlier=(1, date(2025, 3, 5)), lenses=lenses,
                    took_part=(1, 2, 3, 4), voice=(60, 120), submitted=False)


@pytest.mark.parametrize("words", Words)
def test_one_page_is_one_page(tmp_path, words):
    pdf = report_pdf(crowded(), Form.PAGE, words)
    assert papers.info(pdf, tmp_path)["Pages"] == "1"
    found = papers.text(pdf, tmp_path)
    assert "0%" in found
    assert papers.squeezed(crowded().found.score.first_actions[4].statement.action[words.languages[0]]) in found


def test_what_one_page_leaves_out_is_said(tmp_path):
    report = a_report({IDS[0]: Reply("2", note="x"), IDS[1]: Reply("1")}, evidence={IDS[0]: [a_piece(1, IDS[0])]})
    found = papers.text(report_pdf(report, Form.PAGE, Words.EN), tmp_path)
    assert "Leftoutonthisonepage:2answers,1note,1pieceofevidence.Theyareinthefullreport." in found


def chinese_texts() -> str:
    return repr([questionnaire.editions(), questionnaire.SCALE, questionnaire.NOT_APPLICABLE])


@pytest.mark.parametrize("number", [1, 4])
def test_each_language_is_complete(tmp_path, number):
    """No English left in the Chinese papers but what Chinese factory people write so themselves, no Chinese in the English ones."""
    module = questionnaire.module(number)
    own_words = set(re.findall("[A-Za-z]{2,}", " ".join(t.zh for s in module.statements for t in (s.text, s.action)))) | {"SCORE"}
    report = dataclasses.replace(crowded(), enterprise=Text(zh="示范厂", en="Factory"), with_names=False)
    full = {words: report_pdf(report, Form.FULL, words) for words in (Words.ZH, Words.EN)}
    blank = {words: blank_pdf(module, words) for words in (Words.ZH, Words.EN)}
    for made in (full, blank):
        chinese, english = (papers.text(made[words], tmp_path) for words in (Words.ZH, Words.EN))
        assert set(re.findall("[A-Za-z]{2,}", chinese)) <= own_words | {"EIT", "EIP", "PDCA", "Why"}
        assert re.findall("[\u3400-\u9fff]+", english) == []


def test_side_by_side_has_both(tmp_path):
    for pdf in (report_pdf(crowded(), Form.FULL, Words.BOTH), blank_pdf(MODULE, Words.BOTH)):
        found = papers.text(pdf, tmp_path, footer=False)
        for statement in MODULE.statements:
            assert papers.squeezed(statement.text.en) in found
            assert papers.squeezed(statement.text.zh) in found


def test_staff_are_named_to_their_own_enterprise_only(tmp_path):
    replies, evidence = dict.fromkeys(IDS, Reply("2")), {IDS[0]: [a_piece(1, IDS[0]), a_piece(2, IDS[0], photo=False)]}
    for own in (True, False):
        report = a_report(replies, with_names=own, evidence=evidence, pictures={1: a_picture()})
        assert ("陈晓" in papers.text(report_pdf(report, Form.FULL, Words.BOTH), tmp_path)) is own
        sheets = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(report, Words.BOTH)))
        assert ("陈晓" in repr([sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names])) is own


def test_workers_are_hidden_as_on_the_page(tmp_path):
    score = a_report({}).found.score
    few = {IDS[1]: Tally(0, 6), IDS[2]: Tally(9, 4)}
    report = a_report({}, lenses=Lenses(score, view(Lens.SELF, {}), view(Lens.WORKERS, few), view(Lens.TRAINER, {})))
    found = papers.text(report_pdf(report, Form.FULL, Words.EN), tmp_path)
    assert "≤10%from6answers" in found
    assert "4answers" not in found


@pytest.mark.parametrize("words", Words)
def test_papers_are_for_everybody_and_carry_no_seal_of_others(tmp_path, words):
    for pdf in (report_pdf(crowded(), Form.FULL, words), blank_pdf(MODULE, words)):
        info, found = papers.info(pdf, tmp_path), papers.text(pdf, tmp_path)
        assert info["Tagged"] == "yes"
        assert "pdfuaid:part>1<" in papers.metadata(pdf, tmp_path)
        assert all(embedded for _name, embedded in papers.fonts(pdf, tmp_path))
        assert "SCORE" in found
        assert "ILO" not in found
        assert not re.search("official|国际劳工组织|官方", found, re.IGNORECASE)
        pages = int(info["Pages"])
        assert (f"Page{pages}of{pages}" if words is Words.EN else f"第{pages}页，共{pages}页") in found


def test_an_empty_draft_leaves_too(tmp_path):
    report = a_report({}, submitted=False, day=date.today() + timedelta(days=1))  # noqa: DTZ011 - any day
    found = papers.text(report_pdf(report, Form.FULL, Words.EN), tmp_path)
    assert "Draft:notsubmittedyet" in found
    assert "Nothingratedyet" in found
    assert report_xlsx(report, Words.EN).startswith(b"PK")
