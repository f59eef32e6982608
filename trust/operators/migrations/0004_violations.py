"""Violations of the policy on the operators' pages; trust.violations grants their role the columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operators", "0003_chains"), ("violations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Violation",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
            options={"managed": False, "db_table": "violations_violation", "verbose_name": "policy violation"},
        ),
    ]
