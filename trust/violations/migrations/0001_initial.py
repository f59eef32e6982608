"""Violations of the policy, for operators to see."""

import uuid

from django.db import migrations, models

from vault.rls import LetOperatorsRead, ProtectGlobalTable

COLUMNS = ("id", "route", "directive", "blocked", "count", "first_at", "last_at")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Violation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("route", models.CharField(max_length=100)),
                ("directive", models.CharField(max_length=40)),
                ("blocked", models.CharField(max_length=253)),
                ("count", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("route", "directive", "blocked"), name="violations_violation_kind")
                ],
            },
        ),
        ProtectGlobalTable(
            "violations_violation",
            because="reports of browsers, of routes and host names; nothing of a workspace",
            web="SELECT, INSERT, UPDATE",
        ),
        LetOperatorsRead("violations_violation", *COLUMNS, tenant=False),
    ]
