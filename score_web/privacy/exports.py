"""The copy of one's own data: a ZIP with readable JSON, the files, and a page in both languages that says what is what.

Rows go from the database into a temporary file one by one, files piece by piece: it needs no memory, however much there is.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import BinaryIO

from sqlalchemy import Table, select

from score_web.accounts.models import Organisation, Person
from score_web.assessment.models import AssessmentRound, Evidence
from score_web.core import clock, uploads
from score_web.core.db import Base, db, let_go
from score_web.core.words import Text
from score_web.permissions import Actor, Role
from score_web.privacy.contents import ENTERPRISE, PERSON, Part
from score_web.privacy.queries.belonging import belonging

FORMAT = "score-web-copy/1"
README = "README.txt"


def copy_of(actor: Actor) -> BinaryIO:
    """A temporary file that vanishes when it is closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    headed = sorted(m.organisation_id for m in actor.memberships if m.role is Role.ENTERPRISE and m.head)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "person.json", PERSON, actor.person_id)
        files = []
        for enterprise_id in headed:
            _write(archive, f"enterprise-{enterprise_id}.json", ENTERPRISE, enterprise_id)
            files += _files_of(enterprise_id)
        let_go()  # copying files takes a while
        lost = [path for path, key in files if not _put(archive, path, key)]
        archive.writestr(_entry(README), _readme(bool(headed), lost))
    target.seek(0)
    return target


def _write(archive: zipfile.ZipFile, name: str, parts: tuple[Part, ...], owner_id: int) -> None:
    """One object: a list of rows by table, then the names behind the ids of people and organisations."""
    people, organisations = set(), set()
    with archive.open(_entry(name), "w", force_zip64=True) as file:
        file.write(f'{{"format": {json.dumps(FORMAT)}, "made_at": {json.dumps(clock.now().isoformat())}'.encode())
        for part in parts:
            file.write(f',\n"{part.table}": ['.encode())
            for n, row in enumerate(_rows(part, parts, owner_id)):
                _collect(part.table, row, people, organisations)
                file.write((",\n " if n else "\n ").encode() + _json(row))
            file.write(b"]")
        names = {"people": _names(Person, people), "organisations": _names(Organisation, organisations)}
        file.write(b',\n"names": ' + _json(names) + b"}\n")


def _rows(part: Part, parts: tuple[Part, ...], owner_id: int) -> Iterator[dict]:
    table = Base.metadata.tables[part.table]
    columns = [column for column in table.c if column.name not in part.hide]
    query = belonging(part, parts, [owner_id]).with_only_columns(*columns).order_by(*table.primary_key.columns)
    for row in db.session.execute(query, execution_options={"yield_per": 500}):
        yield part.told(dict(row._mapping))


def _collect(name: str, row: dict, people: set[int], organisations: set[int]) -> None:
    """The ids in this row that stand for somebody."""
    table: Table = Base.metadata.tables[name]
    for key in table.foreign_keys:
        found = {"person": people, "organisation": organisations}.get(key.column.table.name)
        if found is not None and row.get(key.parent.name):
            found.add(row[key.parent.name])


def _names(kind: type, ids: set[int]) -> dict[str, str]:
    names = (kind.name,) if kind is Person else (kind.name_zh, kind.name_en)
    rows = db.session.execute(select(kind.id, *names).where(kind.id.in_(ids)).order_by(kind.id))
    return {str(row[0]): " / ".join(dict.fromkeys(part for part in row[1:] if part)) for row in rows}


def _json(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value):
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _files_of(enterprise_id: int) -> list[tuple[str, str]]:
    """Where each file lies in the copy, and its key."""
    rows = db.session.execute(
        select(Evidence.id, AssessmentRound.module, AssessmentRound.number, Evidence.statement, Evidence.name, Evidence.file_key)
        .select_from(Evidence).join(AssessmentRound, AssessmentRound.id == Evidence.round_id)
        .where(AssessmentRound.enterprise_id == enterprise_id).order_by(Evidence.id))
    return [(f"evidence/M{row.module}-{row.number}/{row.statement}/{row.id}-{row.name}", row.file_key) for row in rows]


def _put(archive: zipfile.ZipFile, path: str, key: str) -> bool:
    try:
        with uploads.open_stored(key) as source, archive.open(_entry(path, zipfile.ZIP_STORED), "w") as place:
            shutil.copyfileobj(source, place)
    except uploads.Lost:
        return False
    return True


def _entry(path: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, clock.in_china(clock.now()).timetuple()[:6])
    entry.compress_type = compression
    return entry


HEAD = Text(
    zh="这是您在SCORE Web里的资料副本。\n\n*.json是文本文件，用记事本、浏览器就能看，程序也能读：每张表是一个列表，"
       "每行一条记录；字段名固定不变。时间是协调世界时（北京时间减8小时）。names里是编号对应的名称。\n"
       "密码摘要、一次性链接等安全数据不在其中。员工匿名问卷只有已公布的汇总，任何人都拿不到单份答卷。",
    en="This is the copy of your data in SCORE Web.\n\nThe *.json files are text: a text editor or a browser shows them, and programs can "
       "read them. Every table is a list with one record a line; the names of fields stay the same. Times are in UTC (Beijing time minus 8 "
       "hours). `names` tells which name stands behind an id.\nPassword hashes, one-time links and other secrets are left out. Of worker "
       "surveys there are only the published totals: nobody gets a worker's own answers.")
LOST = Text(zh="以下文件在服务器上已经找不到：", en="These files are lost on the server:")


def _readme(with_enterprise: bool, lost: list[str]) -> str:
    return "\n\n".join("\n".join(_page(language, with_enterprise, lost)) for language in ("zh", "en")).replace("\n", "\r\n")


def _page(language: str, with_enterprise: bool, lost: list[str]) -> Iterator[str]:
    yield HEAD[language]
    for name, parts in [("person.json", PERSON)] + ([("enterprise-….json", ENTERPRISE)] if with_enterprise else []):
        yield f"\n{name}"
        yield from (f"  {part.table}: {part.what[language]}" for part in parts)
    if lost:
        yield f"\n{LOST[language]}"
        yield from (f"  {path}" for path in lost)
