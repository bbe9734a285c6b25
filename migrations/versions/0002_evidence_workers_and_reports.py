"""evidence workers and reports"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "lens_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("lens", sa.Enum("self", "workers", "trainer", name="lens", native_enum=False, length=10), nullable=False),
        sa.Column("sum", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("waiting_sum", sa.Integer(), nullable=False),
        sa.Column("waiting_n", sa.Integer(), nullable=False),
        sa.CheckConstraint("lens = 'workers' OR n = 1", name=op.f("ck_lens_value_one_rating")),
        sa.CheckConstraint("n >= 0 AND sum >= 0 AND sum <= 3 * n", name=op.f("ck_lens_value_ratings")),
        sa.CheckConstraint(
            "waiting_n >= 0 AND waiting_n < 5 AND waiting_sum >= 0 AND waiting_sum <= 3 * waiting_n", name=op.f("ck_lens_value_waiting")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_lens_value_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lens_value")),
        sa.UniqueConstraint("round_id", "statement", "lens", name=op.f("uq_lens_value_round_id_statement_lens")),
    )
    op.create_table(
        "trainer_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IS NULL OR (value >= 0 AND value <= 3)", name=op.f("ck_trainer_rating_value")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_trainer_rating_changed_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_trainer_rating_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_rating")),
        sa.UniqueConstraint("round_id", "statement", name=op.f("uq_trainer_rating_round_id_statement")),
    )
    op.create_table(
        "worker_voice",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("responses >= 0 AND head_count >= 0", name=op.f("ck_worker_voice_counts")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_worker_voice_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_worker_voice")),
    )

    # What was submitted before lenses existed is read through the same table from now on.
    op.execute(
        "INSERT INTO lens_value (round_id, statement, lens, sum, n, waiting_sum, waiting_n) "
        "SELECT answer.round_id, answer.statement, 'self', answer.value, 1, 0, 0 FROM answer "
        "JOIN assessment_round ON assessment_round.id = answer.round_id "
        "WHERE assessment_round.state = 'submitted' AND answer.value IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("worker_voice")
    op.drop_table("trainer_rating")
    op.drop_table("lens_value")
