"""Signed checkpoints, what verification found, how far sign-ins were copied, and bundles for auditors."""

import django.db.models.deletion
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import APPEND, AddTenantForeignKey, AppendOnly, ProtectTenantTable


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["workspace_id", "outcome", "occurred_at"],
                name="audit_event_outcome",
                condition=models.Q(("outcome", "succeeded"), _negated=True),
            ),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("head", models.BinaryField()),
                ("root", models.BinaryField()),
                ("frontier", models.BinaryField()),
                ("previous_hash", models.BinaryField()),
                ("taken_at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=16)),
                ("signature", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "number"), name="audit_checkpoint_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False, primary_key=True, serialize=False)),
                ("progress", models.TextField(blank=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("length", models.PositiveBigIntegerField(default=0)),
                ("waiting", models.PositiveIntegerField(default=0)),
                ("checkpoints", models.PositiveIntegerField(default=0)),
                ("fault_count", models.PositiveIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("ready", "Ready"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_by_id", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("run", models.UUIDField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("events", models.PositiveBigIntegerField(default=0)),
                ("written", models.PositiveBigIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="BundlePart",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("data", vault.fields.SealedBytes(editable=False, label="audit.bundlepart.data")),
                (
                    "bundle",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="audit.bundle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "bundle_id", "number"), name="audit_bundlepart_number"
                    )
                ],
            },
        ),
        ProtectTenantTable("audit_checkpoint", web=APPEND, references_workspace=False),
        ProtectTenantTable(
            "audit_verification", web="SELECT, INSERT, UPDATE", references_workspace=False, id_column=None
        ),
        ProtectTenantTable(
            "audit_follower", web="SELECT, INSERT, UPDATE", references_workspace=False, id_column=None
        ),
        ProtectTenantTable(
            "audit_bundle", scheduler=["id", "workspace_id", "due_at", "expires_at"], references_workspace=False
        ),
        ProtectTenantTable("audit_bundlepart", references_workspace=False),
        AddTenantForeignKey("audit_bundlepart", "bundle_id", "audit_bundle"),
        AppendOnly("audit_checkpoint"),
    ]
