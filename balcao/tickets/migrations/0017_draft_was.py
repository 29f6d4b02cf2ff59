from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0016_exports'),
    ]

    operations = [
        migrations.AddField(
            model_name='staffdraft',
            name='was',
            field=models.CharField(default='', max_length=40),
        ),
    ]
