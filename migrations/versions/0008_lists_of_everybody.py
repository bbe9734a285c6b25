"""the lists of the whole country and of a place are read from their index alone"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
LISTED = {"all": [], "province": ["province"], "city": ["city"]}


def upgrade() -> None:
    _make_anew(sa.text("institution_id IS NOT NULL"))


def downgrade() -> None:
    _make_anew(None)


def _make_anew(handed_in) -> None:
    for name, own in LISTED.items():
        op.drop_index(f"ix_enrolment_{name}_listed", "enrolment")
        op.create_index(
            f"ix_enrolment_{name}_listed", "enrolment", [*own, "tab", "listed_at", "id"], sqlite_where=handed_in, postgresql_where=handed_in
        )
