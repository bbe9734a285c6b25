"""What people typed stays text in Excel, whatever it looks like."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from score_web.core.sheets import Column, Sheet, workbook

TEXTS = ["=1+1", "+86 138", "-5", "@SUM(A1)", "http://example.com", "007", "1e5", "{=1}", "mailto:a@b.cn", "_x0041_", "㛃堃昇", "a\nb",
         "👍", "<b>&"]


def read(content: bytes, sheet: str) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def test_text_stays_text():
    content = workbook([Sheet("表", [Column("=head")], [[text] for text in TEXTS])])
    assert read(content, "表") == [["=head"], *([text] for text in TEXTS)]
    inside = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in inside
    assert b"hyperlink" not in inside


def test_numbers_days_and_times_are_what_they_are():
    rows = [[3, 2.5, date(2026, 3, 5), datetime(2026, 3, 5, 17, 30, tzinfo=UTC), None, ""]]
    assert read(workbook([Sheet("x", [Column(str(n)) for n in range(6)], rows)]), "x")[1][:4] == [
        3, 2.5, date(2026, 3, 5), datetime(2026, 3, 6, 1, 30)]  # noqa: DTZ001 - Excel knows no zones: Chinese time


def test_the_head_stays_in_sight_below_the_lines_above():
    content = workbook([Sheet("x", [Column("A", 40)], [["row"]], above=[["title"], ["day"]])])
    assert read(content, "x") == [["title"], ["day"], [""], ["A"], ["row"]]
    inside = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b'ySplit="4"' in inside
    assert b'state="frozen"' in inside


@pytest.mark.parametrize("name", ["a/b:c*d?[e]\\'", "很长" * 40])
def test_any_name_of_a_sheet(name):
    assert workbook([Sheet(name, [Column("A")], [["\ud800\x00\x07\ufffe" + "x" * 40_000]])]).startswith(b"PK")
