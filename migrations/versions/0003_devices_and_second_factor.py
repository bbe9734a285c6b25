"""devices and second factor"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _new_tables()
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seen_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sign_in_device_id"), "device", ["device_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_sign_in_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_expires_at"), ["expires_at"], unique=False)
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
    _fill()
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_expires_at"), ["expires_at"], unique=False)
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.alter_column("expires_at", nullable=False)
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.alter_column("blocked_until", nullable=False)
        batch_op.alter_column("forget_at", nullable=False)
        batch_op.drop_column("window_starts_at")
        batch_op.create_index(batch_op.f("ix_throttle_forget_at"), ["forget_at"], unique=False)


def _new_tables() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("person_id", "key_hash", name=op.f("uq_device_person_id_key_hash")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_last_seen_at"), ["last_seen_at"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["second_factor.person_id"], name=op.f("fk_recovery_code_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "code_hash", name=op.f("uq_recovery_code_person_id_code_hash")),
    )


def _fill() -> None:
    """Who is signed in stays so for thirty days at most; tries count on for an hour."""
    now, connection = datetime.now(UTC).replace(tzinfo=None), op.get_bind()
    sign_in = sa.table("sign_in", sa.column("expires_at", sa.DateTime(timezone=True)))
    throttle = sa.table(
        "throttle", sa.column("blocked_until", sa.DateTime(timezone=True)), sa.column("forget_at", sa.DateTime(timezone=True))
    )
    if connection.dialect.name == "postgresql":
        now = now.replace(tzinfo=UTC)
    connection.execute(sign_in.update().values(expires_at=now + timedelta(days=30)))
    connection.execute(throttle.update().values(blocked_until=now, forget_at=now + timedelta(hours=1)))


def downgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_expires_at"))
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_throttle_forget_at"))
        batch_op.alter_column("blocked_until", new_column_name="window_starts_at")
        batch_op.drop_column("forget_at")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_device_id"))
        batch_op.drop_constraint(batch_op.f("fk_sign_in_device_id"), type_="foreignkey")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("seen_on")
        batch_op.drop_column("device_id")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_table("device")
