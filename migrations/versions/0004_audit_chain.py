"""audit chain

What names or quotes people leaves the events: names are dropped, typed words move to audit_words. Then the events are closed to changes.
"""

import json
import re

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"

CODE = re.compile(r"[a-z0-9][a-z0-9_.:,+-]{0,63}|M[1-9]-[A-Z][0-9]{0,2}|")
EMPTY = {"server_default": sa.text("''"), "nullable": False}
NEW = {"before": 64, "after": 64, "request_id": 40}
CONCERNED = ("enterprise_id", "institution_id", "person_id")
EVENT = sa.table("audit_event", *map(sa.column, ("id", "by_id", "by_name", "action", "record_type", "record_id", "before", "after", "person_id")),
                 sa.column("data", sa.JSON))
WORDS = sa.table("audit_words", sa.column("event_id"), sa.column("words", sa.JSON))
CLOSED = ("audit_event", "audit_seal")

# whom the events of a record concern: (enterprise, institution, person)
OF_RECORDS = {
    "enrolment": ("r.enterprise_id", "r.institution_id", "NULL", "enrolment r"),
    "assessment_round": ("r.enterprise_id", "o.institution_id", "NULL", "assessment_round r JOIN organisation o ON o.id = r.enterprise_id"),
    "evidence": ("s.enterprise_id", "NULL", "NULL", "evidence r JOIN assessment_round s ON s.id = r.round_id"),
    "pulse_survey": ("s.enterprise_id", "NULL", "NULL", "pulse_survey r JOIN assessment_round s ON s.id = r.round_id"),
    "booking": ("r.enterprise_id", "o.institution_id", "r.lead_id", "booking r JOIN organisation o ON o.id = r.enterprise_id"),
    "trainer_profile": ("NULL", "r.institution_id", "r.person_id", "trainer_profile r"),
    "person": ("NULL", "NULL", "r.id", "person r"),
    "organisation": ("CASE WHEN r.kind = 'enterprise' THEN r.id END", "CASE WHEN r.kind = 'enterprise' THEN r.institution_id ELSE r.id END",
                     "NULL", "organisation r"),
}


def upgrade() -> None:
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        for name, length in NEW.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), **EMPTY))
        for name in CONCERNED:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "audit_words",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_words_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_words")),
    )
    op.create_table(
        "audit_pending",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seal_event_id")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    _tell_whom()
    _part_words(op.get_bind())
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_constraint("fk_audit_event_by_id", type_="foreignkey")
        batch_op.drop_column("by_name")
    for name in ("by_id", *CONCERNED):
        op.create_index(f"ix_audit_event_{name}", "audit_event", [name, "at", "id"])
    op.execute("INSERT INTO audit_pending (event_id) SELECT id FROM audit_event")
    _close(op.get_bind().dialect.name)


def _tell_whom() -> None:
    for kind, (enterprise, institution, person, source) in OF_RECORDS.items():
        for name, expression in zip(CONCERNED, (enterprise, institution, person), strict=True):
            if expression != "NULL":
                op.execute(f"UPDATE audit_event SET {name} = (SELECT {expression} FROM {source} WHERE r.id = audit_event.record_id) "
                           f"WHERE record_type = '{kind}'")


def _part_words(connection) -> None:
    """Codes stay, before and after get their columns, words move. A colleague who was named is found again among those of the organisation."""
    last = 0
    while rows := connection.execute(sa.select(EVENT).where(EVENT.c.id > last).order_by(EVENT.c.id).limit(1000)).all():
        for row in rows:
            last, data = row.id, row.data if isinstance(row.data, dict) else json.loads(row.data or "{}")
            kept, words = {name: value for name, value in data.items() if _is_code(value)}, {}
            words = {name: value for name, value in data.items() if name not in kept and name not in ("person", "reason", "before", "after", "ratings")}
            columns = {name: kept.pop(name, "") for name in ("before", "after") if isinstance(kept.get(name, ""), str)}
            reason = data.get("reason") or ""
            kept.pop("reason", None)
            if row.action == "assessment_round.verify":
                kept["ratings"] = {key: [one["before"]["value"], one["after"]["value"]] for key, one in data["ratings"].items()}
                words |= {key: notes for key, one in data["ratings"].items() if any(notes := [one["before"]["note"], one["after"]["note"]])}
            elif row.action == "organisation.changed":
                kept["fields"] = sorted(data["before"])
                kept.pop("before", None)
                kept.pop("after", None)
                columns, words = {}, words | {"was": data["before"], "is": data["after"]}
            if "person" in data and row.record_type == "organisation":
                kept.pop("person", None)
                columns["person_id"] = _member(connection, row.record_id, data["person"])
            if reason:
                words["reason"] = reason
            connection.execute(sa.update(EVENT).where(EVENT.c.id == row.id).values(data=kept, **columns))
            if words:
                connection.execute(sa.insert(WORDS).values(event_id=row.id, words=words))


def _is_code(value) -> bool:
    if isinstance(value, dict):
        return all(_is_code(name) and _is_code(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_code, value))
    return value is None or isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value) is not None)


def _member(connection, organisation_id: int, name: str) -> int | None:
    named = sa.text("SELECT p.id FROM membership m JOIN person p ON p.id = m.person_id WHERE m.organisation_id = :organisation AND p.name = :name")
    found = {row.id for row in connection.execute(named, {"organisation": organisation_id, "name": name})}
    return found.pop() if len(found) == 1 else None


def _close(dialect: str) -> None:
    """From now on the database itself refuses to change an event or a seal, and says which events wait for theirs."""
    if dialect == "postgresql":
        op.execute("CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$")
        op.execute("CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS "
                   "$$ BEGIN INSERT INTO audit_pending (event_id) VALUES (NEW.id); RETURN NULL; END $$")
        op.execute("CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_waits()")
        for table in CLOSED:
            op.execute(f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_stays()")
            op.execute(f"CREATE TRIGGER {table}_all_stay BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()")
        return
    op.execute("CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event BEGIN INSERT INTO audit_pending (event_id) VALUES (NEW.id); END")
    for table, key in zip(CLOSED, ("id", "position"), strict=True):
        stays = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {stays}")
        op.execute(f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {stays}")
        # INSERT OR REPLACE deletes without asking the trigger above
        op.execute(f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} "
                   f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {stays}")


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for trigger in ("audit_event_waits", "audit_event_stays", "audit_event_all_stay"):
            op.execute(f"DROP TRIGGER {trigger} ON audit_event")
    else:
        for trigger in ("waits", "not_changed", "not_deleted", "not_replaced"):
            op.execute(f"DROP TRIGGER audit_event_{trigger}")
    for table in ("audit_head", "audit_seal", "audit_pending"):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_stays()")
        op.execute("DROP FUNCTION audit_waits()")
    for name in ("by_id", *CONCERNED):
        op.drop_index(f"ix_audit_event_{name}", "audit_event")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_name", sa.String(length=200), **EMPTY))
    _join_words(connection)
    op.execute("UPDATE audit_event SET by_id = NULL WHERE by_id NOT IN (SELECT id FROM person)")
    op.drop_table("audit_words")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.alter_column("by_name", existing_type=sa.String(length=200), server_default=None)
        for name in (*NEW, *CONCERNED):
            batch_op.drop_column(name)
        batch_op.create_foreign_key(op.f("fk_audit_event_by_id"), "person", ["by_id"], ["id"])


def _join_words(connection) -> None:
    """As the pages before read them: the reason and the names among the data, the name of who did it beside."""
    op.execute("UPDATE audit_event SET by_name = COALESCE((SELECT name FROM person WHERE person.id = audit_event.by_id), '')")
    last = 0
    query = sa.select(EVENT, WORDS.c.words).outerjoin(WORDS, WORDS.c.event_id == EVENT.c.id).order_by(EVENT.c.id).limit(1000)
    while rows := connection.execute(query.where(EVENT.c.id > last)).all():
        for row in rows:
            last, words = row.id, dict(row.words or {})
            data = dict(row.data) | {name: value for name, value in (("before", row.before), ("after", row.after)) if value}
            if row.action == "assessment_round.verify":
                notes = {key: words.pop(key, ["", ""]) for key in data["ratings"]}
                data["ratings"] = {key: {"before": {"value": values[0], "note": notes[key][0]}, "after": {"value": values[1], "note": notes[key][1]}}
                                   for key, values in data["ratings"].items()}
            elif row.action == "organisation.changed":
                data |= {"before": words.pop("was", {}), "after": words.pop("is", {})}
            connection.execute(sa.update(EVENT).where(EVENT.c.id == row.id).values(data=data | words))
