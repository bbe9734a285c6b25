"""rollups"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TAB = "CASE state WHEN 'submitted' THEN 'decide' WHEN 'returned' THEN 'enterprise' WHEN 'draft' THEN '' ELSE 'decided' END"
LISTED_AT = "CASE state WHEN 'submitted' THEN submitted_at ELSE coalesce(decided_at, submitted_at) END"
COMPUTED = (
    ("tab", sa.String(10), TAB),
    ("listed_at", sa.DateTime(timezone=True), LISTED_AT),
    ("province", sa.String(2), "substr(division_code, 1, 2)"),
    ("city", sa.String(4), "substr(division_code, 1, 4)"),
)
INDEXES = (
    ("ix_organisation_kind", "organisation", ["kind", "id"], None),
    ("ix_trainer_profile_institution", "trainer_profile", ["institution_id", "id"], None),
    ("ix_message_inbox", "message", ["person_id", "id"], None),
    ("ix_message_unread", "message", ["person_id"], "read_at IS NULL"),
)
REPLACED = (
    ("ix_enrolment_institution_id", "enrolment", ["institution_id"]),
    ("ix_message_person_id", "message", ["person_id"]),
    ("ix_trainer_profile_institution_id", "trainer_profile", ["institution_id"]),
    ("ix_booking_second_id", "booking", ["second_id"]),
    ("ix_booking_lead_state", "booking", ["lead_id", "state"]),
)
BOOKINGS = {
    "lead_listed": ["lead_id", "state", "first_day", "id"],
    "second_listed": ["second_id", "state", "first_day", "id"],
    "institution_listed": ["institution_id", "state", "first_day", "id"],
    "institution_expires": ["institution_id", "state", "expires_at", "id"],
    "expires": ["state", "expires_at"],
}
LISTED = {"all": [], "institution": ["institution_id"], "province": ["province"], "city": ["city"]}
C = sa.String(24).with_variant(sa.String(24, collation="C"), "postgresql")


def upgrade() -> None:
    stored = op.get_bind().dialect.name != "sqlite"  # SQLite adds only computed columns that it does not store; their indexes are
    for name, kind, rule in COMPUTED:
        op.add_column("enrolment", sa.Column(name, kind, sa.Computed(rule, persisted=stored), nullable=True))
    for name, own in LISTED.items():
        op.create_index(f"ix_enrolment_{name}_listed", "enrolment", [*own, "tab", "listed_at", "id"])
    for name, table, columns, where in INDEXES:
        rule = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=rule, postgresql_where=rule)
    for name, table, _columns in REPLACED:
        op.drop_index(name, table)
    _bookings()
    _places_of_trainers()
    _name_parts()
    _benchmark()


def downgrade() -> None:
    op.drop_table("benchmark_count")
    op.drop_table("benchmark_value")
    op.drop_table("name_part")
    op.drop_table("trainer_place")
    for name in BOOKINGS:
        op.drop_index(f"ix_booking_{name}", "booking")
    with op.batch_alter_table("booking") as batch_op:
        batch_op.drop_constraint("fk_booking_institution_id", type_="foreignkey")
        batch_op.drop_column("institution_id")
    for name, table, columns in REPLACED:
        op.create_index(name, table, columns)
    for name, table, _columns, _where in INDEXES:
        op.drop_index(name, table)
    for name in LISTED:
        op.drop_index(f"ix_enrolment_{name}_listed", "enrolment")
    for name, _kind, _rule in reversed(COMPUTED):
        op.drop_column("enrolment", name)


def _bookings() -> None:
    with op.batch_alter_table("booking") as batch_op:
        batch_op.add_column(sa.Column("institution_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_booking_institution_id", "organisation", ["institution_id"], ["id"])
    op.execute("UPDATE booking SET institution_id = (SELECT institution_id FROM organisation WHERE id = booking.enterprise_id)")
    for name, columns in BOOKINGS.items():
        op.create_index(f"ix_booking_{name}", "booking", columns)


def _places_of_trainers() -> None:
    op.create_table(
        "trainer_place",
        sa.Column("province", sa.String(2), nullable=False),
        sa.Column("trainer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("province", "trainer_id", name="pk_trainer_place"),
    )
    op.create_index("ix_trainer_place_trainer_id", "trainer_place", ["trainer_id"])
    rows = op.get_bind().execute(sa.text("SELECT id, provinces FROM trainer_profile")).all()
    for id_, place in {(id_, code.strip()[:2]) for id_, provinces in rows for code in provinces.split(",") if code.strip()}:
        op.get_bind().execute(sa.text("INSERT INTO trainer_place (province, trainer_id) VALUES (:place, :id)"), {"place": place, "id": id_})


def _name_parts() -> None:
    op.create_table(
        "name_part",
        sa.Column("list", sa.String(12), nullable=False),
        sa.Column("institution_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", C, nullable=False),
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("list", "institution_id", "part", "record_id", name="pk_name_part"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_part_record", "name_part", ["list", "record_id", "part"])
    rows = op.get_bind().execute(
        sa.text("SELECT id, institution_id, name_zh, name_en, code FROM enrolment WHERE institution_id IS NOT NULL"))
    _insert(("enrolment", institution, part, id_)
            for id_, institution, zh, en, code in rows.all() for part in _parts(zh, en) | _of_code(code))
    _insert(_of_people())
    trainers = op.get_bind().execute(sa.text(
        "SELECT t.id, t.institution_id, p.name, p.email FROM trainer_profile t JOIN person p ON p.id = t.person_id")).all()
    _insert(("trainer", institution, part, id_) for id_, institution, *named in trainers for part in _parts(*named))


PEOPLE = """SELECT p.id, p.name, p.email, m.role, o.name_zh, o.name_en, CASE m.role WHEN 'enterprise' THEN o.institution_id ELSE o.id END
    FROM person p JOIN membership m ON m.person_id = p.id JOIN organisation o ON o.id = m.organisation_id WHERE m.until IS NULL"""


def _of_people():
    found: dict = {}
    for id_, name, email, role, zh, en, place in op.get_bind().execute(sa.text(PEOPLE)).all():
        places, parts, marks = found.setdefault(id_, (set(), _parts(name, email), {"role:"}))
        places.add(place)
        parts |= _parts(zh, en)
        marks.add(f"role:{role}")
    for id_, (places, parts, marks) in found.items():
        places -= {None}
        yield from (("person", place, part, id_) for place in places for part in parts | marks)
        yield from (("person", 0, mark, id_) for mark in marks if places)


def _insert(rows) -> None:
    """What each row is called in the order of the table; the rules of core/names.py as they were on this day."""
    columns = ("list", "institution_id", "part", "record_id")
    named = [dict(zip(columns, row, strict=True)) for row in set(rows)]
    if named:
        op.get_bind().execute(sa.text("INSERT INTO name_part VALUES (:list, :institution_id, :part, :record_id)"), named)


RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _parts(*names: str) -> set[str]:
    return {part for name in names for run in RUNS.findall(_fold(name)) for part in _of_run(run)}


def _of_run(run: str) -> list[str]:
    if not ("\u3400" <= run[0] <= "\u9fff" or run[0] >= "\U00020000"):
        return [run[:24]]
    return [run[n:n + 2] for n in range(len(run) - 1)] or [run]


def _of_code(code: str) -> set[str]:
    folded = _fold(code)
    return {folded[start:] for start in (0, *range(8, len(folded) - 3))} - {""}


def _benchmark() -> None:
    number = [sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in ("sum", "number")]
    op.create_table(
        "benchmark_value",
        sa.Column("enterprise_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("module", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("theme", sa.String(20), nullable=False),
        sa.Column("sector", sa.String(3), nullable=False),
        sa.Column("province", sa.String(2), nullable=False),
        sa.Column("sum", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", "module", "theme", name="pk_benchmark_value"),
    )
    op.create_table(
        "benchmark_count",
        sa.Column("module", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("circle", sa.String(8), nullable=False),
        sa.Column("theme", sa.String(20), nullable=False),
        *number,
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("module", "circle", "theme", "sum", "number", name="pk_benchmark_count"),
    )
    op.execute("""INSERT INTO benchmark_value (enterprise_id, module, theme, sector, province, sum, number)
        SELECT r.enterprise_id, r.module, substr(v.statement, 1, 4), e.sector, substr(e.division_code, 1, 2), sum(v.sum), sum(v.n)
        FROM (SELECT enterprise_id, module, max(number) AS last FROM assessment_round WHERE state = 'submitted'
              GROUP BY enterprise_id, module) l
        JOIN assessment_round r ON r.enterprise_id = l.enterprise_id AND r.module = l.module AND r.number = l.last
        JOIN enrolment e ON e.enterprise_id = r.enterprise_id
        JOIN lens_value v ON v.round_id = r.id AND v.lens = 'self'
        WHERE (e.state = 'approved' OR (e.approved_before AND e.state IN ('submitted', 'returned')))
          AND e.sector <> '' AND e.division_code <> ''
        GROUP BY r.enterprise_id, r.module, substr(v.statement, 1, 4), e.sector, substr(e.division_code, 1, 2)""")
    op.execute("""INSERT INTO benchmark_value (enterprise_id, module, theme, sector, province, sum, number)
        SELECT enterprise_id, module, '', sector, province, sum(sum), sum(number) FROM benchmark_value
        GROUP BY enterprise_id, module, sector, province""")
    for circle, which in (("sector", "1 = 1"), ("province", "1 = 1"), ("sector || '/' || province", "theme = ''")):
        op.execute(f"""INSERT INTO benchmark_count (module, circle, theme, sum, number, n)
            SELECT module, {circle}, theme, sum, number, count(*) FROM benchmark_value WHERE {which}
            GROUP BY module, {circle}, theme, sum, number""")
