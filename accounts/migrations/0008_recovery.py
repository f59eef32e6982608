"""Ways back for people who lost every second factor: a person's request, and what each workspace says to it."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vault.fields
from vault.rls import ProtectGlobalTable, ProtectTenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_team_policy")]

    operations = [
        migrations.CreateModel(
            name="RecoveryRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting for people"),
                            ("waiting", "Waiting for time to pass"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("refused", "Refused"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("missing", models.PositiveSmallIntegerField()),
                ("days_to_wait", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "judge",
                    models.CharField(choices=[("owner", "An Owner"), ("operators", "Two operators")], max_length=10),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("confirmed", "Confirmed"), ("refused", "Refused")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("note", vault.fields.OptionalSealedText(editable=False, label="accounts.recovery_step.note", null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "first_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.recoveryrequest",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="recoveryrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "waiting"])),
                fields=("user",),
                name="accounts_recoveryrequest_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoveryrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "waiting", "completed", "cancelled", "refused"])),
                name="accounts_recoveryrequest_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoveryrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    models.Q(("due_at__isnull", False), ("missing", 0)),
                    _connector="OR",
                ),
                name="accounts_recoveryrequest_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverystep",
            constraint=models.UniqueConstraint(fields=("workspace_id", "request"), name="accounts_recoverystep_once"),
        ),
        migrations.AddConstraint(
            model_name="recoverystep",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "confirmed", "refused"])), name="accounts_recoverystep_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverystep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judge", "operators"), ("state", "confirmed"), _negated=True),
                    models.Q(
                        ("first_by__isnull", False),
                        ("second_by__isnull", False),
                        models.Q(("first_by", models.F("second_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="accounts_recoverystep_two_operators",
            ),
        ),
        ProtectGlobalTable(
            "accounts_recoveryrequest", because="a person asks all their workspaces; it names nobody but them, by id"
        ),
        ProtectTenantTable("accounts_recoverystep"),
    ]
