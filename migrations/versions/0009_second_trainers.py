"""the index of second trainers knows the few bookings that have one: with all the others in it SQLite took it for no help"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _make_anew(sa.text("second_id IS NOT NULL"))


def downgrade() -> None:
    _make_anew(None)


def _make_anew(having) -> None:
    op.drop_index("ix_booking_second_listed", "booking")
    op.create_index(
        "ix_booking_second_listed", "booking", ["second_id", "state", "first_day", "id"], sqlite_where=having, postgresql_where=having
    )
