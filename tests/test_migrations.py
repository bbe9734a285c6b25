"""Do the migrations build what the models say, on both engines, up and down, with rows in the tables?"""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from score_web.assessment import services
from score_web.assessment.models import LensValue
from score_web.core.db import db
from score_web.core.migrations import downgrade, upgrade
from score_web.models import accounts
from tests.assessment.filling import make_filling, submitted
from tests.factories import make_enterprise, make_institution, make_trainer

pytestmark = [
    pytest.mark.both_engines,
    pytest.mark.filterwarnings("ignore:Computed default on enrolment"),  # each engine spells the same rule in its own way
]
VERSIONS = Path(__file__).parents[1] / "migrations/versions"


def differences() -> list:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _types, "compare_server_default": True})
        return [d for d in compare_metadata(context, db.metadata) if not (d[0] == "remove_table" and d[1].name == "alembic_version")]


def _types(_context, _inspected, _metadata_column, found, wanted) -> bool | None:
    return None if not hasattr(wanted, "impl") else type(found).__name__ not in ("DATETIME", "TIMESTAMP")


def test_migrations_equal_the_models(database):
    assert differences() == []


def test_checks_are_there(database):
    """Alembic does not see CHECK constraints, so their names are compared here."""
    for table in db.metadata.sorted_tables:
        wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint) and not getattr(c, "_type_bound", False)}
        found = {c["name"] for c in inspect(db.engine).get_check_constraints(table.name)}
        assert wanted <= found, table.name


def test_indexes_of_some_rows_are_there(database):
    """Alembic does not compare for which rows."""
    engine = db.engine.dialect.name
    for table in db.metadata.sorted_tables:
        wanted = {index.name for index in table.indexes if "where" in index.info}
        found = {index["name"] for index in inspect(db.engine).get_indexes(table.name) if f"{engine}_where" in index["dialect_options"]}
        assert wanted == found, table.name


def test_down_and_up_again(database):
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []


def test_rows_survive_the_newest_migration(database):
    institution, _ = make_institution()
    make_enterprise(institution=institution)
    make_trainer(institution)
    db.session.commit()
    if len(list(VERSIONS.glob("*.py"))) > 1:
        downgrade(revision="-1")
        upgrade()
    assert db.session.query(accounts.Person).count() == 3


def test_results_submitted_before_there_were_lenses_are_read_like_all_others(database):
    f = make_filling()
    submitted(f)
    services.start_round(enterprise_id=f.enterprise.id, module=1, by=f.actor)
    db.session.commit()
    downgrade(revision="0001")
    upgrade()
    rows = db.session.execute(db.select(LensValue.round_id, LensValue.lens, LensValue.sum, LensValue.n)).all()
    assert rows == [(f.round.id, "self", 2, 1)] * 24


def test_the_commands_of_the_operator(app):
    """The newest revision is where the command line, too, says it is; what cannot be done is said in one line."""
    newest = max(path.name[:4] for path in VERSIONS.glob("*.py"))
    run = app.test_cli_runner().invoke
    assert run(args=["db", "check"]).output == "No new upgrade operations detected.\n"
    assert run(args=["db", "downgrade", "0001"]).exit_code == 0
    assert run(args=["db", "current"]).output == "0001\n"
    assert run(args=["db", "upgrade"]).exit_code == 0
    assert run(args=["db", "current"]).output == f"{newest} (head)\n"
    lost = run(args=["db", "upgrade", "9999"])
    assert (lost.exit_code, lost.output) == (1, "Error: Can't locate revision identified by '9999'\n")


def test_sqlite_keeps_foreign_keys_after_an_upgrade(database):
    """Migrations switch them off on their own connection only."""
    upgrade()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_one_line_of_history():
    downs = [line for p in VERSIONS.glob("*.py") for line in p.read_text().splitlines() if line.startswith("down_revision")]
    assert len(downs) == len(set(downs)) > 0
