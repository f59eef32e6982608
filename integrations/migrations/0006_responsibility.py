"""Who answers for a connection."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_kept_promises")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="responsible_id",
            field=models.UUIDField(null=True),
        ),
    ]
