"""privacy: consents that can be withdrawn, receipts of sharing, requests about one's data, erasures

Consents given before stay given.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SHARED = sa.Enum("results", "report", "workbook", "evidence", "evidence_all", "enrolment", name="shared", native_enum=False, length=20)
REQUEST = sa.Enum("open", "answered", name="requeststate", native_enum=False, length=20)
ERASURE = sa.Enum("asked", "done", "taken_back", "refused", name="erasurestate", native_enum=False, length=20)


def upgrade() -> None:
    with op.batch_alter_table("consent") as batch_op:
        batch_op.add_column(sa.Column("given", sa.Boolean(), server_default=sa.text("(true)"), nullable=False))
    _receipts()
    _requests()
    _erasures()


def downgrade() -> None:
    """What was withdrawn must not look as if it were given once the column is gone."""
    for name in ("erasure", "data_request", "receipt"):
        op.drop_table(name)
    op.execute("DELETE FROM consent WHERE document NOT IN ('privacy', 'terms', 'enrolment')")
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_column("given")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _receipts() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", SHARED, nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _reference("receipt", "enterprise_id", "organisation"),
        _reference("receipt", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "enterprise_id", "person_id", "what", "record_id", "day", name=op.f("uq_receipt_enterprise_id_person_id_what_record_id_day")
        ),
    )
    op.create_index(op.f("ix_receipt_person_id"), "receipt", ["person_id"])
    op.create_index(op.f("ix_receipt_at"), "receipt", ["at"])


def _requests() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("state", REQUEST, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        _reference("data_request", "person_id", "person"),
        _reference("data_request", "institution_id", "organisation"),
        _reference("data_request", "answered_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_person_id"), "data_request", ["person_id"])
    op.create_index("ix_data_request_institution_state", "data_request", ["institution_id", "state"])


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("state", ERASURE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f("ck_erasure_one_subject")),
        _reference("erasure", "person_id", "person"),
        _reference("erasure", "organisation_id", "organisation"),
        _reference("erasure", "asked_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    asked = sa.text("state = 'asked'")
    for name in ("person_id", "organisation_id"):
        op.create_index(f"uq_erasure_{name}_asked", "erasure", [name], unique=True, sqlite_where=asked, postgresql_where=asked)
