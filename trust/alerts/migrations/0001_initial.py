"""Alerts, how far records were looked through for them, and where they are sent."""

import uuid

import integrations.fields
import trust.alerts.models
import vault.fields
from django.db import migrations, models
from vault.rls import LetOperatorsRead, LetSchedulerRead, ProtectTenantTable

OF_THE_SITE = "workspace_id = '00000000-0000-0000-0000-000000000000'"


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0012_operators"),
        ("audit", "0001_initial"),
        ("vault", "0002_key_lifecycle"),
    ]

    operations = [
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("rule", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("acknowledged", "Acknowledged")], default="open", max_length=12
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("first_event_id", models.UUIDField()),
                ("last_event_id", models.UUIDField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
                ("acknowledged_by_id", models.UUIDField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        trust.alerts.models.AlertFacts, editable=False, label="alerts.alert.facts"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "last_at", "id"], name="alerts_alert_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("workspace_id", "rule", "subject_id"),
                        name="alerts_alert_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at", None), ("acknowledged_by_id", None), ("state", "open")),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by_id__isnull", False),
                                ("state", "acknowledged"),
                            ),
                            _connector="OR",
                        ),
                        name="alerts_alert_acknowledged_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("url", vault.fields.SealedText(editable=False, label="alerts.endpoint.url")),
                (
                    "secret",
                    integrations.fields.SealedSecret(editable=False, label="alerts.endpoint.secret", null=True),
                ),
                (
                    "former_secret",
                    integrations.fields.SealedSecret(editable=False, label="alerts.endpoint.former_secret", null=True),
                ),
                ("former_until", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("disabled", "Disabled")], default="active", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("workspace_id",), name="alerts_endpoint_one")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("body", vault.fields.SealedBytes(editable=False, label="alerts.delivery.body")),
                ("is_test", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "due_at"], name="alerts_delivery_due")],
            },
        ),
        # The site has a record and alerts of its own, and is no row among the workspaces.
        ProtectTenantTable(
            "alerts_follower",
            web="SELECT, INSERT, UPDATE",
            scheduler=["workspace_id", "sequence"],
            references_workspace=False,
            id_column=None,
        ),
        ProtectTenantTable("alerts_alert", web="SELECT, INSERT, UPDATE", references_workspace=False),
        ProtectTenantTable("alerts_endpoint"),
        ProtectTenantTable("alerts_delivery", scheduler=["id", "workspace_id", "due_at"]),
        LetSchedulerRead("audit_link", "workspace_id", "sequence"),
        LetOperatorsRead(
            "alerts_alert",
            "id",
            "workspace_id",
            "rule",
            "state",
            "count",
            "first_at",
            "last_at",
            "acknowledged_by_id",
            "acknowledged_at",
            using=OF_THE_SITE,
        ),
    ]
