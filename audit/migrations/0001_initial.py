"""Events, links and what waits to be linked."""

import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import APPEND, AddTenantForeignKey, AppendOnly, ProtectTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("format", models.PositiveSmallIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("action", models.CharField(max_length=80)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("succeeded", "Succeeded"), ("refused", "Refused"), ("failed", "Failed")],
                        max_length=10,
                    ),
                ),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("system", "System"),
                            ("provider", "Provider"),
                            ("anonymous", "Anonymous"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_id", models.UUIDField(null=True)),
                ("target_kind", models.CharField(blank=True, max_length=40)),
                ("target_id", models.UUIDField(null=True)),
                ("sealed_detail", models.BinaryField(help_text="Under the workspace's key.")),
                (
                    "sealed_personal",
                    models.BinaryField(
                        help_text="Under the actor's key; under the workspace's when there is no person."
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "occurred_at", "id"], name="audit_event_time"),
                    models.Index(fields=["workspace_id", "action", "occurred_at"], name="audit_event_action"),
                    models.Index(fields=["workspace_id", "actor_id", "occurred_at"], name="audit_event_actor"),
                    models.Index(fields=["workspace_id", "target_id", "occurred_at"], name="audit_event_target"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("sequence", models.PositiveBigIntegerField()),
                ("previous_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "sequence"), name="audit_link_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("event_id", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "event_id"), name="audit_pending_event")
                ],
            },
        ),
        ProtectTenantTable("audit_event", web=APPEND, references_workspace=False),
        ProtectTenantTable("audit_link", web=APPEND, references_workspace=False, id_column="event_id"),
        ProtectTenantTable(
            "audit_pending",
            web="SELECT, INSERT, DELETE",
            scheduler=["workspace_id"],
            references_workspace=False,
            id_column=None,
        ),
        AddTenantForeignKey("audit_link", "event_id", "audit_event"),
        AddTenantForeignKey("audit_pending", "event_id", "audit_event"),
        AppendOnly("audit_event"),
        AppendOnly("audit_link"),
    ]
