"""An old desk's messages become findable: a job indexes them while the desk is open."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def ask(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Ask for the work, unless nothing was written yet."""
    if apps.get_model("tickets", "Message").objects.exists():
        job = apps.get_model("events", "Job")
        job.objects.get_or_create(
            key="tickets.index", defaults={"task": "tickets.index", "run_at": timezone.now()}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_remote_access_and_time"),
        ("search", "0002_full_text"),
        ("events", "0003_append_only"),
    ]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
