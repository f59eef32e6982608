"""What reconnecting a bank stands on, items to be ended at the provider, and mails that a person is needed."""

import django.db.models.deletion
import integrations.fields
import integrations.models.connections
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"
DUE = ["id", "workspace_id", "state", "due_at"]


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("user_id", models.UUIDField()),
                ("kind", models.CharField(choices=[("ending", "Ending"), ("needed", "Needed")], max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "To be sent"), ("sent", "Sent"), ("dropped", "Not needed any more")],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ItemRemoval",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "access_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.item_removal.access_token", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(choices=[("due", "Being ended"), ("done", "Ended")], default="due", max_length=10),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="linksession",
            name="integrations_linksession_state",
        ),
        migrations.AddField(
            model_name="connection",
            name="generation",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="connection",
            name="has_new_accounts",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="connection",
            name="is_matching",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="connection",
            name="restored_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="linksession",
            name="access_token",
            field=integrations.fields.SealedSecret(
                editable=False, label="integrations.link_session.access_token", null=True
            ),
        ),
        migrations.AddField(
            model_name="linksession",
            name="facts",
            field=vault.fields.SealedRecord(
                integrations.models.connections.ItemFacts,
                editable=False,
                label="integrations.link_session.facts",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="linksession",
            name="state",
            field=models.CharField(
                choices=[
                    ("starting", "Starting"),
                    ("open", "Waiting for the bank"),
                    ("finishing", "Connecting"),
                    ("linked", "Connected"),
                    ("known", "Connected before"),
                    ("left", "Left without connecting"),
                    ("expired", "Expired"),
                    ("failed", "Failed"),
                ],
                default="starting",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="linksession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["starting", "open", "finishing", "linked", "known", "left", "expired", "failed"])
                ),
                name="integrations_linksession_state",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="connection",
            field=vault.fields.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="integrations.connection",
            ),
        ),
        migrations.AddField(
            model_name="itemremoval",
            name="connection",
            field=vault.fields.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="integrations.connection",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "due")), fields=["workspace_id", "due_at"], name="integrations_alert_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("workspace_id", "connection", "user_id", "kind"),
                name="integrations_alert_once_a_trouble",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("state", "due")),
                    models.Q(models.Q(("state", "due"), _negated=True), ("due_at", None)),
                    _connector="OR",
                ),
                name="integrations_alert_due_while_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="itemremoval",
            index=models.Index(
                condition=models.Q(("state", "due")),
                fields=["workspace_id", "due_at"],
                name="integrations_itemremoval_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemremoval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("access_token__isnull", False), ("due_at__isnull", False), ("state", "due")),
                    models.Q(("access_token__isnull", True), ("due_at", None), ("state", "done")),
                    _connector="OR",
                ),
                name="integrations_itemremoval_token_until_done",
            ),
        ),
        ProtectTenantTable("integrations_itemremoval", web=KEPT, scheduler=DUE),
        ProtectTenantTable("integrations_alert", web=KEPT, scheduler=DUE),
        AddTenantForeignKey("integrations_itemremoval", "connection_id", "integrations_connection"),
        AddTenantForeignKey("integrations_alert", "connection_id", "integrations_connection"),
        # Webhooks that were handled a month ago are deleted.
        migrations.RunSQL(
            "GRANT DELETE ON integrations_webhookreceipt TO counterfoil_web",
            "REVOKE DELETE ON integrations_webhookreceipt FROM counterfoil_web",
        ),
    ]
