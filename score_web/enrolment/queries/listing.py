"""Which enrolments does a partner look at: in which tab, of whom, filtered how, and which page of them?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement, Select

from score_web.accounts.queries import institution_ids
from score_web.core import names, paging, rollups
from score_web.core.db import db
from score_web.core.paging import Page
from score_web.enrolment.models import Enrolment, EnrolmentVersion
from score_web.enrolment.states import TABS
from score_web.permissions import Actor, Role

LIST = "enrolment"
ORDER = (Enrolment.listed_at, Enrolment.id)


@dataclass(frozen=True)
class Filter:
    """What the partner looks for: `tab` of TABS, `area` "own" or "all" (also those of other institutions in its area)."""

    tab: str = "decide"
    area: str = "own"
    sector: str = ""
    flag: str = ""
    search: str = ""
    page: str = ""

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> "Filter":
        """From an address, where anything may stand."""
        known = {name: words.get(name, "").replace("\0", "").strip()[:400] for name in ("sector", "flag", "search", "page")}
        return cls(tab=words["tab"] if words.get("tab") in TABS else "decide", area="all" if words.get("area") == "all" else "own", **known)

    def words(self, **changed) -> dict[str, str]:
        """As an address, without what is empty."""
        return {name: value for name, value in (asdict(self) | {"page": ""} | changed).items() if value}


def branches(actor: Actor, tab: str, area: str = "own") -> list[Select]:
    """One for each institution or place whose enrolments the actor sees in this tab: each of them has an index in the order of the list."""
    here = select(Enrolment).where(Enrolment.tab == tab, Enrolment.institution_id.is_not(None))
    if area == "all" and actor.is_nationwide:
        return [here]
    own = [here.where(Enrolment.institution_id == one) for one in sorted(actor.organisations(Role.PARTNER))]
    return own + ([here.where(*_in(prefix)) for prefix in sorted(set(actor.scopes))] if area == "all" else [])


def _in(prefix: str) -> list[ColumnElement]:
    """The index alone says it of a province or a city; below that the row is looked at."""
    column = Enrolment.province if len(prefix) <= 2 else Enrolment.city
    exact = [] if len(prefix) in (2, 4) else [Enrolment.division_code.startswith(prefix, autoescape=True)]
    return [column == prefix[:4], *exact]


def counts(actor: Actor, area: str = "own") -> dict[str, int]:
    """How many stand in each tab; beyond a thousand nobody counts."""
    return {tab: paging.count(branches(actor, tab, area), Enrolment.id) for tab in TABS}


def oldest_waiting(actor: Actor, *, after: Enrolment | None = None) -> Enrolment | None:
    """The one that has waited longest for a decision of this actor's institutions; `after`: the next in that order."""
    others = [Enrolment.id != after.id] if after is not None else []
    first = paging.page([branch.where(*others) for branch in branches(actor, "decide")], ORDER, size=1).ids
    return db.session.get(Enrolment, first[0]) if first else None


def queue(actor: Actor, wanted: Filter, size_min: int, size_max: int) -> Page:
    """A page of (enrolment, number of its last version), oldest first; what is decided comes newest first."""
    lists, filters = branches(actor, wanted.tab, wanted.area), _conditions(wanted, size_min, size_max)
    if wanted.search:
        few = names.candidates(LIST, _institutions(actor, wanted.area), wanted.search)
        if few is None:
            filters += names.having_all(LIST, Enrolment.id, wanted.search)
        else:
            lists, filters = [branch.where(names.one_of(Enrolment.id, few), *filters) for branch in lists], []
    found = paging.page(lists, ORDER, wanted.page, newest_first=wanted.tab == "decided", filters=filters)
    return found.showing([row for row in _loaded(found.ids) if names.fits(wanted.search, *_names(row[0]))])


def _institutions(actor: Actor, area: str) -> list[int]:
    """Whose enrolments may be found."""
    return sorted(actor.organisations(Role.PARTNER)) if area == "own" else institution_ids()


def _names(one: Enrolment) -> tuple[str, ...]:
    return one.name_zh, one.name_en, one.code


def _loaded(ids: list[int]) -> list[tuple[Enrolment, int]]:
    last = select(func.max(EnrolmentVersion.number)).where(EnrolmentVersion.enrolment_id == Enrolment.id).scalar_subquery()
    query = select(Enrolment, func.coalesce(last, 0)).options(joinedload(Enrolment.institution)).where(Enrolment.id.in_(ids))
    found = {row[0].id: tuple(row) for row in db.session.execute(query)} if ids else {}
    return [found[id_] for id_ in ids]


def _conditions(wanted: Filter, size_min: int, size_max: int) -> list[ColumnElement]:
    people = Enrolment.women + Enrolment.men
    flags = {
        "size": or_(people < size_min, people > size_max),
        "code": Enrolment.code_overridden.is_(True),
        "again": exists().where(EnrolmentVersion.enrolment_id == Enrolment.id, EnrolmentVersion.number == 2),
    }
    return ([flags[wanted.flag]] if wanted.flag in flags else []) + ([Enrolment.sector == wanted.sector] if wanted.sector else [])


def _parts_of(among: rollups.Among):
    """Under the institution that it was handed to: before that nobody but the enterprise looks for it."""
    rows = select(Enrolment.id, Enrolment.institution_id, Enrolment.name_zh, Enrolment.name_en, Enrolment.code)
    for id_, institution_id, *named, code in db.session.execute(rows.where(Enrolment.institution_id.is_not(None), among(Enrolment.id))):
        yield from ((id_, institution_id, part) for part in names.parts(*named) | names.of_code(code))


rollups.register(
    rollups.Rollup("enrolment names", names.NamePart, Enrolment, names.COLUMNS, _parts_of, fixed={"list": LIST}),
    (Enrolment, ("institution_id", "name_zh", "name_en", "code"), lambda one: {one.id}),
)
