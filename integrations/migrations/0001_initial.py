"""Connections, runs, link sessions, webhooks and counts of calls, each protected in the migration that creates it."""

import django.db.models.deletion
import integrations.fields
import integrations.models.connections
import integrations.models.runs
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"
DUE = ["id", "workspace_id", "state", "due_at"]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CallCount",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("provider", models.CharField(max_length=20)),
                ("endpoint", models.CharField(max_length=200)),
                ("day", models.DateField()),
                ("calls", models.PositiveIntegerField(default=0)),
                ("writes", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "provider", "endpoint", "day"), name="integrations_callcount_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("provider", models.CharField(choices=[("plaid", "Plaid")], default="plaid", max_length=20)),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        integrations.models.connections.ItemFacts, editable=False, label="integrations.connection.facts"
                    ),
                ),
                (
                    "access_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.connection.access_token", null=True
                    ),
                ),
                ("cursor", vault.fields.OptionalSealedText(editable=False, label="integrations.connection.cursor", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("connected", "Connected"),
                            ("rate_limited", "Waiting for the bank"),
                            ("needs_reauth", "Sign-in needed"),
                            ("revoked", "Access ended"),
                            ("provider_down", "Bank not reachable"),
                            ("error", "Not working"),
                            ("disconnected", "Disconnected"),
                        ],
                        default="connected",
                        max_length=20,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("synced_at", models.DateTimeField(null=True)),
                ("disconnected_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["workspace_id", "due_at"],
                        name="integrations_connection_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "connected",
                                    "rate_limited",
                                    "needs_reauth",
                                    "revoked",
                                    "provider_down",
                                    "error",
                                    "disconnected",
                                ],
                            )
                        ),
                        name="integrations_connection_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "disconnected"), _negated=True),
                            ("access_token__isnull", True),
                            _connector="OR",
                        ),
                        name="integrations_connection_token_erased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("first", "First sync"),
                            ("person", "Sync now"),
                            ("schedule", "By the clock"),
                            ("webhook", "News from the bank"),
                            ("again", "Asked for during the run before"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Starting"),
                            ("running", "Running"),
                            ("waiting", "Waiting"),
                            ("succeeded", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Waiting for its turn"),
                            ("accounts", "Reading accounts and balances"),
                            ("reading", "Reading transactions"),
                            ("writing", "Writing transactions"),
                            ("figures", "Adding up the months"),
                            ("done", "Done"),
                        ],
                        max_length=10,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("problem_code", models.CharField(blank=True, max_length=80)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("again", models.BooleanField(default=False)),
                ("is_whole", models.BooleanField(default=False)),
                ("has_history", models.BooleanField(default=True)),
                ("pages_read", models.PositiveIntegerField(default=0)),
                ("pages_written", models.PositiveIntegerField(default=0)),
                ("rows_read", models.PositiveIntegerField(default=0)),
                ("rows_added", models.PositiveIntegerField(default=0)),
                ("rows_modified", models.PositiveIntegerField(default=0)),
                ("rows_removed", models.PositiveIntegerField(default=0)),
                ("rows_skipped", models.PositiveIntegerField(default=0)),
                ("months_stale", models.PositiveIntegerField(default=0)),
                ("months_built", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.connection",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StagedPage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "content",
                    vault.fields.SealedRecord(
                        integrations.models.runs.PageContent, editable=False, label="integrations.staged_page.content"
                    ),
                ),
                ("next_cursor", vault.fields.SealedText(editable=False, label="integrations.staged_page.next_cursor")),
                (
                    "run",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.syncrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WebhookReceipt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("provider", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=40)),
                ("object_id", models.UUIDField()),
                ("digest", models.BinaryField()),
                ("body", vault.fields.SealedBytes(editable=False, label="integrations.webhook_receipt.body")),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "Received"), ("handled", "Handled")], default="received", max_length=10
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("handled_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "received")),
                        fields=["workspace_id", "due_at"],
                        name="integrations_receipt_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "digest"), name="integrations_webhookreceipt_digest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("user_id", models.UUIDField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("starting", "Starting"),
                            ("open", "Waiting for the bank"),
                            ("finishing", "Connecting"),
                            ("linked", "Connected"),
                            ("left", "Left without connecting"),
                            ("expired", "Expired"),
                            ("failed", "Failed"),
                        ],
                        default="starting",
                        max_length=10,
                    ),
                ),
                ("is_repair", models.BooleanField(default=False)),
                (
                    "link_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.link_session.link_token", null=True
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="integrations.connection",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("open", "finishing"))),
                        fields=["workspace_id", "due_at"],
                        name="integrations_linksession_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["starting", "open", "finishing", "linked", "left", "expired", "failed"])
                        ),
                        name="integrations_linksession_state",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                condition=models.Q(("state__in", ("queued", "running", "waiting"))),
                fields=["workspace_id", "due_at"],
                name="integrations_syncrun_due",
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(
                fields=["workspace_id", "connection", "created_at"], name="integrations_syncrun_history"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("queued", "running", "waiting"))),
                fields=("workspace_id", "connection"),
                name="integrations_syncrun_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "running", "waiting", "succeeded", "failed"])),
                name="integrations_syncrun_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("state__in", ("queued", "running", "waiting"))),
                    models.Q(
                        models.Q(("state__in", ("queued", "running", "waiting")), _negated=True), ("due_at", None)
                    ),
                    _connector="OR",
                ),
                name="integrations_syncrun_due_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagedpage",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "run", "number"), name="integrations_stagedpage_number"
            ),
        ),
        ProtectTenantTable("integrations_connection", web=KEPT, scheduler=DUE),
        ProtectTenantTable("integrations_syncrun", web=KEPT, scheduler=DUE),
        ProtectTenantTable("integrations_stagedpage"),
        ProtectTenantTable("integrations_linksession", web=KEPT, scheduler=DUE),
        ProtectTenantTable("integrations_webhookreceipt", web=KEPT, scheduler=DUE),
        # Calls made before any workspace is known, such as for a webhook's key, are counted as the site's own.
        ProtectTenantTable("integrations_callcount", web=KEPT, references_workspace=False),
        AddTenantForeignKey("integrations_syncrun", "connection_id", "integrations_connection"),
        AddTenantForeignKey("integrations_stagedpage", "run_id", "integrations_syncrun"),
        AddTenantForeignKey("integrations_linksession", "connection_id", "integrations_connection"),
        # The ledger knows connections by their ids alone; that they exist, in the same workspace, is kept here.
        AddTenantForeignKey("ledger_account", "connection_id", "integrations_connection"),
        AddTenantForeignKey("ledger_transaction", "connection_id", "integrations_connection"),
    ]
