"""The database itself refuses to change or remove a line of the ledger (O1, M2)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "entitlements_ledgerentry"

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$;
CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_written();
"""


def sqlite() -> list[str]:
    """SQLite's triggers, one statement each."""
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are never changed'); END"
    return [
        f"CREATE TRIGGER {TABLE}_kept BEFORE UPDATE ON {TABLE} {refuse}",
        f"CREATE TRIGGER {TABLE}_stays BEFORE DELETE ON {TABLE} {refuse}",
    ]


def protect(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers."""
    vendor = schema_editor.connection.vendor
    for statement in [POSTGRESQL] if vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


def unprotect(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_written CASCADE", params=None)
        return
    for name in ("kept", "stays"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0004_prepaid")]

    operations = [migrations.RunPython(protect, unprotect)]
