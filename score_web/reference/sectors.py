"""What does the enterprise make? The manufacturing divisions C13 to C43 of GB/T 4754.

Forms show the SCORE sectors first, with their everyday words; the others follow. The record keeps the code.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from score_web.core.words import Text

EDITION = "GB/T 4754-2017"  # with amendment no. 1 of 2019
SCORE_SECTORS = ("C18", "C34", "C35", "C36", "C38", "C39", "C24", "C21", "C33", "C29")


class Sector(NamedTuple):
    """`name` is for the interface, `yearbook_name` for exports, `everyday` what people in the trade say (may be None)."""

    code: str
    name: Text
    yearbook_name: Text
    everyday: Text | None


@cache
def _table() -> dict[str, Sector]:
    with (Path(__file__).parent / "sectors.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _sector(row) for row in csv.DictReader(file)}


def _sector(row: dict[str, str]) -> Sector:
    return Sector(
        code=row["code"],
        name=Text(en=row["name_en"], zh=row["name_zh"]),
        yearbook_name=Text(en=row["name_en_yearbook"], zh=row["name_zh"]),
        everyday=Text(en=row["everyday_en"], zh=row["everyday_zh"]) if row["everyday_en"] else None,
    )


@cache
def sectors() -> tuple[Sector, ...]:
    """All 31, the SCORE sectors first, the others in code order."""
    table = _table()
    return tuple(table[code] for code in (*SCORE_SECTORS, *sorted(table.keys() - set(SCORE_SECTORS))))


def sector(code: str) -> Sector | None:
    return _table().get(code)
