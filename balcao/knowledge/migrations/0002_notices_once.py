from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="key",
            field=models.CharField(default="", max_length=64, unique=True),
            preserve_default=False,
        ),
    ]
