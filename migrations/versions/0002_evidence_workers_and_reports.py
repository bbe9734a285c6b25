"""evidence workers and reports"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("next_run", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.String(length=16), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "guest_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("module", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guest_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_draft")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_guest_draft_key_hash")),
    )
    with op.batch_alter_table("guest_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_draft_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_guest_draft_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("discuss", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_answer_version_changed_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_answer_version_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_version")),
        sa.UniqueConstraint("round_id", "statement", "version", name=op.f("uq_answer_version_round_id_statement_version")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.Enum("photo", "document", name="evidencekind", native_enum=False, length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_key", sa.String(length=32), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=32), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_evidence_round_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_evidence_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("file_key", name=op.f("uq_evidence_file_key")),
        sa.UniqueConstraint("round_id", "statement", "sha256", name=op.f("uq_evidence_round_id_statement_sha256")),
        sa.UniqueConstraint("thumbnail_key", name=op.f("uq_evidence_thumbnail_key")),
    )
    op.create_table(
        "lens_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("lens", sa.Enum("self", "workers", "trainer", name="lens", native_enum=False, length=10), nullable=False),
        sa.Column("sum", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("(lens = 'workers' AND n >= 5) OR (lens <> 'workers' AND n = 1)", name=op.f("ck_lens_value_never_one_worker")),
        sa.CheckConstraint("sum >= 0 AND sum <= 3 * n", name=op.f("ck_lens_value_ratings")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_lens_value_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lens_value")),
        sa.UniqueConstraint("round_id", "statement", "lens", name=op.f("uq_lens_value_round_id_statement_lens")),
    )
    op.create_table(
        "participants",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("managers_women", sa.Integer(), nullable=False),
        sa.Column("managers_men", sa.Integer(), nullable=False),
        sa.Column("workers_women", sa.Integer(), nullable=False),
        sa.Column("workers_men", sa.Integer(), nullable=False),
        sa.CheckConstraint("managers_men BETWEEN 0 AND 999", name=op.f("ck_participants_managers_men")),
        sa.CheckConstraint("managers_women BETWEEN 0 AND 999", name=op.f("ck_participants_managers_women")),
        sa.CheckConstraint("workers_men BETWEEN 0 AND 999", name=op.f("ck_participants_workers_men")),
        sa.CheckConstraint("workers_women BETWEEN 0 AND 999", name=op.f("ck_participants_workers_women")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_participants_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_participants")),
    )
    op.create_table(
        "pulse_survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("state", sa.Enum("open", "closed", name="surveystate", native_enum=False, length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("since_count", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("keyed", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND told >= 0 AND keyed >= 0 AND dropped >= 0 AND dropped < 5", name=op.f("ck_pulse_survey_counts")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_pulse_survey_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_survey")),
        sa.UniqueConstraint("round_id", name=op.f("uq_pulse_survey_round_id")),
        sa.UniqueConstraint("token", name=op.f("uq_pulse_survey_token")),
    )
    op.create_table(
        "theme_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_theme_assignment_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["assessment_round.id"], name=op.f("fk_theme_assignment_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_assignment")),
        sa.UniqueConstraint("round_id", "theme", name=op.f("uq_theme_assignment_round_id_theme")),
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
    op.create_table(
        "pulse_count",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.String(length=2), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.CheckConstraint("told >= 0 AND held >= 0", name=op.f("ck_pulse_count_counts")),
        sa.ForeignKeyConstraint(["survey_id"], ["pulse_survey.id"], name=op.f("fk_pulse_count_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "statement", "choice", name=op.f("pk_pulse_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_waiting_answer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["pulse_survey.id"], name=op.f("fk_pulse_waiting_answer_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse_waiting_answer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discuss", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=200), server_default=sa.text("''"), nullable=False))

    # What was submitted before lenses existed is read through the same table from now on.
    op.execute(
        "INSERT INTO lens_value (round_id, statement, lens, sum, n) "
        "SELECT answer.round_id, answer.statement, 'self', answer.value, 1 FROM answer "
        "JOIN assessment_round ON assessment_round.id = answer.round_id "
        "WHERE assessment_round.state = 'submitted' AND answer.value IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_column("place")

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("discuss")

    op.drop_table("pulse_waiting_answer")
    op.drop_table("pulse_count")
    op.drop_table("worker_voice")
    op.drop_table("trainer_rating")
    op.drop_table("theme_assignment")
    op.drop_table("pulse_survey")
    op.drop_table("participants")
    op.drop_table("lens_value")
    op.drop_table("evidence")
    op.drop_table("answer_version")
    with op.batch_alter_table("guest_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guest_draft_person_id"))
        batch_op.drop_index(batch_op.f("ix_guest_draft_expires_at"))

    op.drop_table("guest_draft")
    op.drop_table("job")
