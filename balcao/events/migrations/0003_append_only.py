"""The database itself refuses to change what is on record: a second line behind the code's."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LOGS = {
    "events_event": (
        *("id", "at", "actor_kind", "actor_id", "actor_label", "verb"),
        *("subject_kind", "subject_id", "data"),
    ),
    "events_access": (
        *("id", "at", "actor_kind", "actor_id", "act", "subject_kind", "subject_id"),
        *("detail", "address"),
    ),
}

POSTGRESQL = """
CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.batch IS NULL AND NEW.batch IS NOT NULL
           AND to_jsonb(NEW) - 'batch' = to_jsonb(OLD) - 'batch' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$;
CREATE OR REPLACE FUNCTION events_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER events_event_kept BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_append_only();
CREATE TRIGGER events_access_kept BEFORE UPDATE ON events_access
    FOR EACH ROW EXECUTE FUNCTION events_append_only();
CREATE TRIGGER events_batch_kept BEFORE UPDATE OR DELETE ON events_batch
    FOR EACH ROW EXECUTE FUNCTION events_sealed();
"""

TRIGGERS = (
    *("events_event_kept", "events_event_stays", "events_access_kept"),
    *("events_batch_kept", "events_batch_stays"),
)


def sqlite() -> list[str]:
    """SQLite's triggers, one statement each."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'rows of {} are never changed'); END"
    made = []
    for table, columns in LOGS.items():
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
        when = f"OLD.batch IS NOT NULL OR NEW.batch IS NULL OR {changed}"
        made.append(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}"
            f" WHEN {when} {refuse.format(table)}"
        )
    made.append(
        "CREATE TRIGGER events_batch_kept BEFORE UPDATE ON events_batch"
        f" {refuse.format('events_batch')}"
    )
    for table in ("events_event", "events_batch"):
        made.append(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {refuse.format(table)}"
        )
    return made


def protect(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers."""
    vendor = schema_editor.connection.vendor
    for statement in [POSTGRESQL] if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


def unprotect(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS events_append_only CASCADE", params=None)
        schema_editor.execute("DROP FUNCTION IF EXISTS events_sealed CASCADE", params=None)
        return
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("events", "0002_sealing_and_access")]

    operations = [migrations.RunPython(protect, unprotect)]
