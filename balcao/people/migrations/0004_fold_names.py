from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from balcao.lib.folding import fold


def fold_names(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The names of before become words that a search finds."""
    for model, length in (("Organisation", 200), ("User", 120)):
        rows = apps.get_model("people", model).objects.all()
        for row in rows.only("pk", "name").iterator():
            rows.filter(pk=row.pk).update(folded=fold(row.name)[:length])


class Migration(migrations.Migration):
    dependencies = [("people", "0003_register_changes")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
