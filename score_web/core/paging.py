"""Which rows of a long list come next? Found by the key of the last row shown, never by counting rows that are skipped.

A list is one or several branches (selects of the same columns, each of which an index brings in the order of the list); what they
bring is merged and a row that stands in two of them comes once. So a page costs the same wherever it is and however long the list.
The cursor in the address is such a key; anybody may have changed it: one that is no key is the first page.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import func, literal, select, tuple_, union
from sqlalchemy.sql import ColumnElement, Select

from score_web.core.db import db
from score_web.core.words import N_, Sentence

SIZE = 50
LOOK = 2000  # with a filter that no index knows: how many rows a page looks through at most
MANY = 1000  # what is more than that is not counted
LARGEST = 2**53


class Page(NamedTuple):
    """`rows` of one page; `before` and `after` are cursors, empty at the ends. `keys`: the ids in order, for whoever loads the rows."""

    rows: list
    before: str = ""
    after: str = ""

    @property
    def ids(self) -> list[int]:
        return [row[-1] for row in self.rows]

    def showing(self, rows: list) -> "Page":
        return Page(rows, self.before, self.after)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after the key, or before it when `back`."""

    key: tuple = ()
    back: bool = False

    def __str__(self) -> str:
        words = [value.isoformat() if isinstance(value, date) else value for value in self.key]
        return base64.urlsafe_b64encode(json.dumps(["<" if self.back else ">", *words]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: Sequence[ColumnElement]) -> "Cursor":
        try:
            sign, *words = json.loads(base64.urlsafe_b64decode(text[:400].encode() + b"=="))
            key = tuple(_value(word, _kind(column)) for word, column in zip(words, order, strict=True))
            return cls(key, sign == "<")
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
            return cls()


def _kind(column: ColumnElement) -> type:
    return getattr(column.type, "impl", column.type).python_type


def _value(word, kind: type):
    if kind is datetime:
        return datetime.fromisoformat(word).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(word)
    if type(word) is not kind or (kind is int and not -LARGEST < word < LARGEST) or (kind is str and "\0" in word):
        raise ValueError(word)
    return word


def page(
    branches: Sequence[Select], order: Sequence[ColumnElement], text: str = "", *,
    newest_first: bool = False, filters: Sequence[ColumnElement] = (), size: int = SIZE,
) -> Page:
    """The keys of one page. `order` ends with the id; `filters` are conditions that the index of a branch does not know: then a
    page looks through LOOK rows at most and may show fewer than `size`, and the next one goes on from there."""
    start = Cursor.read(text, order)
    falling = newest_first != start.back
    beyond = [_beyond(branch, order, start.key, falling) for branch in branches]
    stop = _stop(beyond, order, falling) if filters else None
    if stop:
        beyond = [branch.where(_upto(order, stop, falling)) for branch in beyond]
    rows = _merged([branch.where(*filters) for branch in beyond], order, falling, size + 1)
    more = rows[size - 1] if len(rows) > size else stop
    if start.back and not more and len(rows) < size:
        return page(branches, order, newest_first=newest_first, filters=filters, size=size)
    shown, key = rows[:size], more and Cursor(tuple(more), start.back)
    first = Cursor(tuple(shown[0] if shown else start.key), not start.back) if start.key else None
    if start.back:
        return Page(shown[::-1], str(key or ""), str(first or ""))
    return Page(shown, str(first or ""), str(key or ""))


def _after(order, key: tuple, falling: bool) -> ColumnElement:
    here, there = _both(order, key)
    return here < there if falling else here > there


def _upto(order, key: tuple, falling: bool) -> ColumnElement:
    here, there = _both(order, key)
    return here >= there if falling else here <= there


def _both(order, key: tuple):
    return tuple_(*order), tuple_(*(literal(value, column.type) for value, column in zip(key, order, strict=True)))


def _beyond(branch: Select, order, key: tuple, falling: bool) -> Select:
    query = branch.with_only_columns(*order).order_by(None).order_by(*(column.desc() if falling else column for column in order))
    return query.where(_after(order, key, falling)) if key else query


def _stop(branches: list[Select], order, falling: bool):
    """How far to look: LOOK entries of the index ahead, in the branch that is densest."""
    found = [row for branch in branches if (row := db.session.execute(branch.offset(LOOK - 1).limit(1)).first())]
    return min(found, key=tuple, default=None) if not falling else max(found, key=tuple, default=None)


def _merged(branches: list[Select], order, falling: bool, number: int) -> list:
    if not branches:
        return []
    if len(branches) == 1:
        return db.session.execute(branches[0].limit(number)).all()
    parts = [select(branch.limit(number).subquery()) for branch in branches]
    everything = union(*parts).subquery()
    columns = [everything.c[column.key] for column in order]
    rows = db.session.execute(select(*columns).order_by(*(c.desc() if falling else c for c in columns)).limit(number))
    return rows.all()


def loaded(query: Select, model, ids: list[int]) -> list:
    """The records of these ids, in this order."""
    found = {record.id: record for record in db.session.scalars(query.where(model.id.in_(ids)))} if ids else {}
    return [found[id_] for id_ in ids if id_ in found]


def count(branches: Sequence[Select], column: ColumnElement) -> int:
    """How many there are, but never more than MANY + 1: whoever shows it says "more than 1,000"."""
    parts = [branch.with_only_columns(column).order_by(None).limit(MANY + 1) for branch in branches]
    if not parts:
        return 0
    rows = parts[0].subquery() if len(parts) == 1 else union(*(select(part.subquery()) for part in parts)).subquery()
    return min(db.session.scalar(select(func.count()).select_from(rows)), MANY + 1)


def said(number: int) -> int | Sentence:
    """A count as it is shown."""
    return number if number <= MANY else Sentence(N_("over %(many)s"), many=f"{MANY:,}")
