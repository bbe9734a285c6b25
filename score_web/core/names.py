"""Where does a name stand that somebody half remembers? Two Chinese characters are enough, on both engines.

A name is kept as its parts: every two neighbouring Chinese characters, and every word of letters and digits. A search asks for the
rows that have all parts of what was typed; a single character or the beginning of a word asks for parts that begin so. What is
found is compared with the name itself, so that the order of the characters counts too. The parts lie under the institution that
may see the row: nobody's search looks at rows of others, not even to count them.
"""

import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import Index, Integer, Select, String, and_, bindparam, exists, select
from sqlalchemy.orm import Mapped, aliased, mapped_column
from sqlalchemy.sql import ColumnElement

from score_web.core import rollups
from score_web.core.db import Base, db

LONGEST = 24
FEW = 2000  # so many rows are looked at one by one; what more rows have in common is no help to begin with
ASKED = 8
COLUMNS = ("record_id", "institution_id", "part")
LAST = "\U0010ffff"
RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")


class NamePart(Base):
    """`list` says of which table `record_id` is."""

    __tablename__ = "name_part"
    __table_args__ = (Index("ix_name_part_record", "list", "record_id", "part"), {"sqlite_with_rowid": False})

    list: Mapped[str] = mapped_column(String(12), primary_key=True)
    institution_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql"), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def fold(text: str) -> str:
    """Half-width, without capitals."""
    return unicodedata.normalize("NFKC", text).casefold()


def _in_chinese(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def _of_run(run: str) -> list[str]:
    if not _in_chinese(run[0]):
        return [run[:LONGEST]]
    return [run[n:n + 2] for n in range(len(run) - 1)] or [run]


def parts(*names: str) -> set[str]:
    """What is kept of names."""
    return {part for name in names for run in RUNS.findall(fold(name)) for part in _of_run(run)}


def of_code(code: str) -> set[str]:
    """A credit code is found by how it begins, and by any four characters or more of the nine that are the enterprise's own."""
    folded = fold(code)
    return {folded[start:] for start in (0, *range(8, len(folded) - 3))} - {""}


def asked(text: str) -> list[str]:
    """The parts that a search asks for."""
    return sorted(parts(text), key=len, reverse=True)[:ASKED]


def fits(text: str, *names: str) -> bool:
    """Does everything typed stand in one of the names, as it was typed?"""
    known = [fold(name) for name in names]
    return all(any(word in name for name in known) for word in fold(text).split())


def _having(part: str, row=NamePart) -> ColumnElement:
    """Two Chinese characters are a whole part; everything else may be the beginning of one."""
    if len(part) == 2 and _in_chinese(part[0]):
        return row.part == part
    return and_(row.part >= part, row.part < part + LAST)


def _among(list_: str, institutions: Collection[int]) -> Select:
    return select(NamePart.record_id).where(NamePart.list == list_, NamePart.institution_id.in_(sorted(institutions)))


def candidates(list_: str, institutions: Collection[int], text: str) -> set[int] | None:
    """The few rows that can be meant; None: too many share every part of it."""
    rollups.settle()
    wanted, common = asked(text), []
    found: set[int] | None = None if wanted else set()
    for part in wanted:
        having = _among(list_, institutions).where(_having(part))
        if db.session.execute(having.offset(FEW).limit(1)).first():  # to bring two thousand numbers takes longer than to pass them by
            common.append(part)
        else:
            ids = set(db.session.scalars(having))
            found = ids if found is None else found & ids
        if found == set():
            break
    for part in common if found else ():
        having = select(NamePart.record_id).where(NamePart.list == list_, one_of(NamePart.record_id, found), _having(part))
        found = set(db.session.scalars(having))
    return found


def one_of(column: ColumnElement, few: Collection[int]) -> ColumnElement:
    """Written out: to hand over two thousand numbers as values takes longer than to find their rows."""
    return column.in_(bindparam(None, sorted(few), Integer, unique=True, expanding=True, literal_execute=True))


def having_all(list_: str, record_id: ColumnElement, text: str) -> list[ColumnElement]:
    """Conditions for walking through a list, where `candidates` are too many. The OFFSET keeps PostgreSQL at walking: it takes the
    beginning of a word for rare, and would collect everybody in the country who has it first."""
    row = aliased(NamePart)
    having = [select(row.record_id).where(row.list == list_, row.record_id == record_id, _having(part, row)) for part in asked(text)]
    return [exists(one.offset(0)) for one in having]
