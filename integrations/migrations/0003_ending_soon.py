"""That the bank will end the access soon, as a fact beside the state."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_reconnecting_and_alerts")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="is_ending",
            field=models.BooleanField(default=False),
        ),
    ]
