"""Visits to a provider can end because the plan has no connection left."""

from django.db import migrations, models

FORMER = ["starting", "open", "finishing", "linked", "known", "left", "expired", "failed"]
NAME = "integrations_linksession_state"


class Migration(migrations.Migration):
    dependencies = [("integrations", "0007_promises")]

    operations = [
        migrations.RemoveConstraint("linksession", NAME),
        migrations.AlterField(
            "linksession",
            "state",
            models.CharField(
                choices=[
                    ("starting", "Starting"),
                    ("open", "Waiting for the bank"),
                    ("finishing", "Connecting"),
                    ("linked", "Connected"),
                    ("known", "Connected before"),
                    ("left", "Left without connecting"),
                    ("expired", "Expired"),
                    ("failed", "Failed"),
                    ("full", "No connection left"),
                ],
                default="starting",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "linksession", models.CheckConstraint(condition=models.Q(state__in=[*FORMER, "full"]), name=NAME)
        ),
        migrations.AlterField(
            "grantvisit",
            "end",
            models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("too_wide", "Zoho gave more than the right to read"),
                    ("other_org", "Another organisation was granted"),
                    ("no_org", "There is no organisation"),
                    ("not_allowed", "Zoho does not let the organisations be listed"),
                    ("wrong_place", "The way back named a place that is not Zoho's"),
                    ("spent", "What Zoho gave was no good, or no longer"),
                    ("not_reached", "Zoho could not be reached in time"),
                    ("not_set_up", "Our access to Zoho is not set up correctly"),
                    ("no_room", "The plan has no connection left"),
                ],
                max_length=12,
            ),
        ),
    ]
