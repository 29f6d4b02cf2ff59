"""What makes the texts findable: a tsvector with its index on PostgreSQL, FTS5 on SQLite.

The normaliser has cut and stemmed the words already, so both engines index them as they stand.
Whoever lets Django remake the table on SQLite (a changed field) makes the triggers again.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

POSTGRESQL = """
ALTER TABLE search_searchdoc ADD COLUMN words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, norm)) STORED;
CREATE INDEX searchdoc_words ON search_searchdoc USING gin (words);
"""

_FORGET = "INSERT INTO search_words(search_words, rowid, norm) VALUES ('delete', OLD.id, OLD.norm);"
_LEARN = "INSERT INTO search_words(rowid, norm) VALUES (NEW.id, NEW.norm);"
SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(norm, content='search_searchdoc',"
    " content_rowid='id', columnsize=0, tokenize='ascii')",
    f"CREATE TRIGGER search_inserted AFTER INSERT ON search_searchdoc BEGIN {_LEARN} END",
    f"CREATE TRIGGER search_deleted AFTER DELETE ON search_searchdoc BEGIN {_FORGET} END",
    f"CREATE TRIGGER search_updated AFTER UPDATE ON search_searchdoc BEGIN {_FORGET} {_LEARN} END",
)


def make(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index over the texts there are."""
    vendor = schema_editor.connection.vendor
    for statement in [POSTGRESQL] if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def unmake(_apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchdoc DROP COLUMN words", params=None)
        return
    for name in ("inserted", "deleted", "updated"):
        schema_editor.execute(f"DROP TRIGGER search_{name}", params=None)
    schema_editor.execute("DROP TABLE search_words", params=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make, unmake)]
