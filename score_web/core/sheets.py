"""How do tables leave as an Excel file? What people typed stays text: "=1+1" is never a formula, a web address never a link."""

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from score_web.core import clock

FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME, LONGEST_CELL = 31, 32_767  # Excel's own limits
CAUTIOUS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True, "in_memory": True}
FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
FORMATS = {
    "text": {"text_wrap": True, "num_format": "@"},
    "number": {"num_format": "General"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "head": {"bold": True, "text_wrap": True, "bg_color": "#0b5b57", "font_color": "#ffffff", "bottom": 1},
    "title": {"bold": True, "font_size": 14},
}


class Column(NamedTuple):
    title: str
    width: float = 12


@dataclass(frozen=True)
class Sheet:
    """`above`: lines over the table, the first one its title. Values: text, number, date, aware datetime (shown in Chinese time), None."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]
    above: Sequence[Sequence] = field(default=())


def workbook(sheets: Iterable[Sheet], *, title: str = "") -> bytes:
    import xlsxwriter  # noqa: PLC0415 - few requests need it

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, CAUTIOUS) as book:
        book.set_properties({"title": title, "author": "SCORE Web"})
        formats = {name: book.add_format(FONT | style) for name, style in FORMATS.items()}
        for sheet in sheets:
            _write_sheet(book.add_worksheet(FORBIDDEN_IN_NAMES.sub(" ", sheet.name)[:LONGEST_NAME]), sheet, formats)
    return file.getvalue()


def _write_sheet(page, sheet: Sheet, formats: dict) -> None:
    """Row by row from the top: constant_memory keeps one row only."""
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
    head = len(sheet.above) + bool(sheet.above)
    page.freeze_panes(head + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for number, values in enumerate(sheet.above):
        _write_row(page, number, values, formats, text="title" if number == 0 else "text")
    _write_row(page, head, [column.title for column in sheet.columns], formats, text="head")
    for number, values in enumerate(sheet.rows, head + 1):
        _write_row(page, number, values, formats)


def _write_row(page, number: int, values: Sequence, formats: dict, *, text: str = "text") -> None:
    for column, value in enumerate(values):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            page.write_string(number, column, _storable(value), formats[text])
        elif isinstance(value, datetime):
            page.write_datetime(number, column, clock.in_china(value).replace(tzinfo=None), formats["time"])
        elif isinstance(value, date):
            page.write_datetime(number, column, value, formats["date"])
        else:
            page.write_number(number, column, value, formats["number"])


def _storable(text: str) -> str:
    """XML has no place for halves of pairs and non-characters."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))[:LONGEST_CELL]
