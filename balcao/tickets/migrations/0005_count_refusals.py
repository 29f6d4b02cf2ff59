"""Refusals from before they were counted by rule get the row they are counted by."""

from django.db import migrations


def count(apps, schema_editor):
    decisions = apps.get_model("tickets", "Decision").objects.filter(verdict="refuse")
    objections = apps.get_model("tickets", "Objection").objects
    objections.bulk_create(
        (
            objections.model(
                decision_id=row.pk,
                at=row.at,
                how="refused",
                rule=row.rules[0],
                reason=row.reason,
                door=row.door,
                organisation_id=row.organisation_id,
            )
            for row in decisions.iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_exceptions")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
