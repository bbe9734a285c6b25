"""How do other enterprises stand, in the circles of this one? Read from counts that are kept with the records."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, bindparam, func, or_, select, text

from score_web.accounts.models import Organisation
from score_web.assessment.benchmark import WHOLE, Benchmark, benchmarks
from score_web.assessment.lenses import Lens
from score_web.assessment.models import AssessmentRound, BenchmarkCount, BenchmarkValue, LensValue
from score_web.assessment.states import RoundState
from score_web.core import rollups
from score_web.core.db import INSERTS, db
from score_web.core.reading import read
from score_web.enrolment import queries as enrolments
from score_web.enrolment.models import Enrolment
from score_web.enrolment.states import EnrolmentState

APPROVED = or_(Enrolment.state == EnrolmentState.APPROVED,
               and_(Enrolment.approved_before, Enrolment.state.in_([EnrolmentState.SUBMITTED, EnrolmentState.RETURNED])))
COLUMNS = ("enterprise_id", "module", "theme", "sector", "province", "sum", "number")
KEY = ("module", "circle", "theme", "sum", "number")
CIRCLES = ("sector", "province", "both")
COUNTS = select(*(getattr(BenchmarkCount, name) for name in (*KEY, "n"))).where(
    BenchmarkCount.module == bindparam("module"), BenchmarkCount.n > 0, BenchmarkCount.circle.in_([bindparam(name) for name in CIRCLES]))
OWN = select(*(getattr(BenchmarkValue, name) for name in COLUMNS)).where(
    BenchmarkValue.enterprise_id == bindparam("enterprise"), BenchmarkValue.module == bindparam("module"))


def benchmarks_of(round_: AssessmentRound) -> list[Benchmark] | None:
    """Medians of the same sector and the same province; empty where too few others stand. None for who is not approved: an enrolment
    may name any sector and place, and whoever hands in one after the other could compare all circles with each other."""
    if not enrolments.is_approved(round_.enterprise_id):
        return None
    own = enrolments.enrolment_of(round_.enterprise_id)
    if not (own.division_code and own.sector):
        return []
    rollups.settle()
    sector, province, both = _others(round_, _circles(own.sector, own.division_code[:2]))
    return benchmarks(sector, province, sum(sum(tally.values()) for tally in both.values()))


def _circles(sector: str, province: str) -> tuple[str, str, str]:
    return sector, province, f"{sector}/{province}"


def _others(round_: AssessmentRound, circles: tuple[str, ...]) -> list[dict[str, Counter]]:
    """For each circle by theme, how many others stand at each value: all of the circle, and what the reader's own enterprise added
    taken off."""
    found: dict[str, dict[str, Counter]] = {circle: defaultdict(Counter) for circle in circles}
    for row in read(COUNTS, module=round_.module, **dict(zip(CIRCLES, circles, strict=True))):
        found[row.circle][row.theme][row.sum, row.number] += row.n
    for key, often in _counted(read(OWN, enterprise=round_.enterprise_id, module=round_.module)).items():
        if key[1] in found:
            found[key[1]][key[2]][key[3:]] -= often
    return [found[circle] for circle in circles]


def _counted(values: Iterable[tuple]) -> Counter:
    """What values come to in the counts, by KEY."""
    return Counter(
        (module, circle, theme, total, number)
        for _, module, theme, sector, province, total, number in values
        for circle in _circles(sector, province)[: 3 if theme == WHOLE else 2]
    )


def _values_of(among: rollups.Among) -> Iterable[tuple]:
    """Approved ones only: nobody can invent four enterprises to lay open a fifth."""
    latest = (
        select(AssessmentRound.enterprise_id, AssessmentRound.module, func.max(AssessmentRound.number).label("number"))
        .where(AssessmentRound.state == RoundState.SUBMITTED, among(AssessmentRound.enterprise_id))
        .group_by(AssessmentRound.enterprise_id, AssessmentRound.module).subquery()
    )
    theme = func.substr(LensValue.statement, 1, len("M1-A")).label("theme")
    rows = db.session.execute(
        select(latest.c.enterprise_id, latest.c.module, theme, Enrolment.sector, func.substr(Enrolment.division_code, 1, 2),
               func.sum(LensValue.sum), func.sum(LensValue.n))
        .join(Enrolment, Enrolment.enterprise_id == latest.c.enterprise_id)
        .join(AssessmentRound, and_(AssessmentRound.enterprise_id == latest.c.enterprise_id, AssessmentRound.module == latest.c.module,
                                    AssessmentRound.number == latest.c.number))
        .join(LensValue, and_(LensValue.round_id == AssessmentRound.id, LensValue.lens == Lens.SELF))
        .where(APPROVED, Enrolment.sector != "", Enrolment.division_code != "")
        .group_by(latest.c.enterprise_id, latest.c.module, theme, Enrolment.sector, Enrolment.division_code)
    )
    whole: dict[tuple, tuple[int, int]] = {}
    for enterprise_id, module, letter, sector, province, total, number in rows:
        yield enterprise_id, module, letter, sector, province, total, number
        before = whole.get((enterprise_id, module, WHOLE, sector, province), (0, 0))
        whole[enterprise_id, module, WHOLE, sector, province] = (before[0] + total, before[1] + number)
    yield from ((*key, *sums) for key, sums in whole.items())


def _count(gone: set[tuple], come: set[tuple]) -> None:
    """In the order of the key, and last of all before the commit: two who count at once wait, but never for each other."""
    change = _counted(come)
    change.subtract(_counted(gone))
    _add(change)


def _add(change: Counter) -> None:
    table = BenchmarkCount.__table__
    statement = INSERTS[db.engine.dialect.name](table)
    adding = statement.on_conflict_do_update(index_elements=KEY, set_={"n": table.c.n + statement.excluded.n})
    if rows := [dict(zip((*KEY, "n"), (*key, n), strict=True)) for key, n in sorted(change.items()) if n]:
        db.session.execute(adding, rows)


def _columns(names: tuple[str, ...]) -> list:
    return [getattr(BenchmarkValue, name) for name in names]


def _wrong() -> tuple[Counter, Counter]:
    """The counts as they are and as they should be."""
    found: Counter = Counter()
    for *row, often in db.session.execute(select(*_columns(COLUMNS[1:]), func.count()).group_by(*_columns(COLUMNS[1:]))):
        for key in _counted([(0, *row)]):
            found[key] += often
    stored = select(*(getattr(BenchmarkCount, name) for name in (*KEY, "n"))).where(BenchmarkCount.n != 0)
    return Counter({tuple(key): n for *key, n in db.session.execute(stored)}), found


def _differ() -> Iterable[str]:
    stored, truth = _wrong()
    return [f"count of {key} is {stored[key]}, should be {truth[key]}" for key in sorted(stored | truth) if stored[key] != truth[key]]


def _mend() -> None:
    """Whoever counts has written the values first: while nobody else writes those, the two stand still."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE benchmark_value IN SHARE MODE"))
    stored, truth = _wrong()
    truth.subtract(stored)
    _add(truth)


rollups.register(
    rollups.Rollup("benchmark", BenchmarkValue, Organisation, COLUMNS, _values_of, changed=_count, sums_differ=_differ, mend=_mend),
    (Enrolment, ("state", "approved_before", "sector", "division_code"), lambda one: {one.enterprise_id}),
    (AssessmentRound, ("state",), lambda one: {one.enterprise_id}),
)
