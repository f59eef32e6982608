"""The plan of a workspace and what it allows. Whoever is here already begins a free trial."""

from django.db import migrations, models

import accounts.models.workspaces


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_once")]

    operations = [
        migrations.AddField(
            "workspace",
            "plan",
            models.CharField(
                choices=[("trial", "Free trial"), ("team", "Team"), ("business", "Business")],
                default="trial",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "workspace",
            "plan_state",
            models.CharField(
                choices=[
                    ("trialing", "Trialing"),
                    ("active", "Active"),
                    ("past_due", "Past Due"),
                    ("unpaid", "Unpaid"),
                    ("canceled", "Canceled"),
                    ("paused", "Paused"),
                ],
                default="trialing",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "workspace",
            "plan_ends_at",
            models.DateTimeField(default=accounts.models.workspaces.end_of_trial, null=True),
        ),
        migrations.AddField("workspace", "seat_limit", models.PositiveIntegerField(default=10)),
        migrations.AddField("workspace", "connection_limit", models.PositiveIntegerField(default=10)),
        migrations.AddField("workspace", "history_months", models.PositiveSmallIntegerField(default=24)),
        migrations.AddConstraint(
            "workspace",
            models.CheckConstraint(
                condition=models.Q(plan__in=["trial", "team", "business"]), name="accounts_workspace_plan"
            ),
        ),
        migrations.AddConstraint(
            "workspace",
            models.CheckConstraint(
                condition=models.Q(
                    plan_state__in=["trialing", "active", "past_due", "unpaid", "canceled", "paused"]
                ),
                name="accounts_workspace_plan_state",
            ),
        ),
    ]
