"""Alerts across the site on the operators' pages; trust.alerts grants their role the columns, of the site's rows alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operators", "0001_initial"), ("alerts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
            options={"managed": False, "db_table": "alerts_alert"},
        ),
    ]
