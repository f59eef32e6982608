"""Organisations' books at Zoho: grants, visits to its consent page, how far each list was read; and whose books rows are."""

import django.db.models.deletion
import integrations.fields
import integrations.models.grants
import integrations.models.visits
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"
DUE = ["id", "workspace_id", "state", "due_at"]
BOOKS = ("booksorganization", "booksaccount", "contact", "document", "payment", "posting", "bankline")


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_ending_soon"),
        ("ledger", "0005_books"),
    ]

    operations = [
        migrations.CreateModel(
            name="GrantVisit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("user_id", models.UUIDField()),
                ("session_digest", models.BinaryField()),
                ("state_digest", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "At Zoho"),
                            ("received", "Connecting"),
                            ("choosing", "Waiting for a choice"),
                            ("connected", "Connected"),
                            ("refused", "Refused"),
                            ("expired", "Expired"),
                            ("failed", "Failed"),
                            ("left", "Left without connecting"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
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
                        ],
                        max_length=12,
                    ),
                ),
                ("is_regrant", models.BooleanField(default=False)),
                ("location", models.CharField(blank=True, max_length=10)),
                (
                    "verifier",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.grant_visit.verifier", null=True
                    ),
                ),
                (
                    "code",
                    integrations.fields.SealedSecret(editable=False, label="integrations.grant_visit.code", null=True),
                ),
                (
                    "refresh_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.grant_visit.refresh_token", null=True
                    ),
                ),
                (
                    "access_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.grant_visit.access_token", null=True
                    ),
                ),
                ("access_expires_at", models.DateTimeField(null=True)),
                ("scopes", models.TextField(blank=True)),
                (
                    "offers",
                    vault.fields.SealedRecord(
                        integrations.models.visits.Offers,
                        editable=False,
                        label="integrations.grant_visit.offers",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ResourceState",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "resource",
                    models.CharField(
                        choices=[
                            ("organization", "Organisation"),
                            ("accounts", "Chart of accounts"),
                            ("contacts", "Contacts"),
                            ("invoices", "Invoices"),
                            ("bills", "Bills"),
                            ("credit_notes", "Credit notes"),
                            ("expenses", "Expenses"),
                            ("customer_payments", "Payments received"),
                            ("vendor_payments", "Payments made"),
                            ("bank_lines", "Bank transactions"),
                            ("journals", "Journals"),
                            ("postings", "General ledger"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reading",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not being read"),
                            ("full", "All of it"),
                            ("changes", "What has changed"),
                            ("window", "From a day on"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("sweep", models.PositiveIntegerField(default=0)),
                ("page", models.PositiveIntegerField(default=1)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("part", models.CharField(blank=True, max_length=50)),
                ("is_second", models.BooleanField(default=False)),
                ("since", models.DateTimeField(null=True)),
                ("first_day", models.DateField(null=True)),
                ("newest", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("paged_at", models.DateTimeField(null=True)),
                ("watermark", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("swept_at", models.DateTimeField(null=True)),
                ("dirty_from", models.DateField(null=True)),
                ("is_missing_scope", models.BooleanField(default=False)),
                ("scope_checked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ZohoGrant",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("location", models.CharField(max_length=10)),
                (
                    "organization",
                    vault.fields.SealedRecord(
                        integrations.models.grants.OrganizationFacts,
                        editable=False,
                        label="integrations.zoho_grant.organization",
                    ),
                ),
                ("scopes", models.TextField()),
                (
                    "refresh_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.zoho_grant.refresh_token", null=True
                    ),
                ),
                (
                    "access_token",
                    integrations.fields.SealedSecret(
                        editable=False, label="integrations.zoho_grant.access_token", null=True
                    ),
                ),
                ("access_expires_at", models.DateTimeField(null=True)),
                ("refreshing_until", models.DateTimeField(null=True)),
                ("denied_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("granted_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="itemremoval",
            name="location",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="itemremoval",
            name="provider",
            field=models.CharField(
                choices=[("plaid", "Plaid"), ("zoho", "Zoho Books")], default="plaid", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="connection",
            name="provider",
            field=models.CharField(
                choices=[("plaid", "Plaid"), ("zoho", "Zoho Books")], default="plaid", max_length=20
            ),
        ),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("provider", "plaid"),
                    models.Q(("access_token__isnull", True), ("cursor__isnull", True)),
                    _connector="OR",
                ),
                name="integrations_connection_token_of_plaid",
            ),
        ),
        migrations.AddField(
            model_name="grantvisit",
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
        migrations.AddField(
            model_name="resourcestate",
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
            model_name="zohogrant",
            name="connection",
            field=vault.fields.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="integrations.connection",
            ),
        ),
        migrations.AddIndex(
            model_name="grantvisit",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "received", "choosing"))),
                fields=["workspace_id", "due_at"],
                name="integrations_grantvisit_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "received", "choosing", "connected", "refused", "expired", "failed", "left"])
                ),
                name="integrations_grantvisit_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("state__in", ("open", "received", "choosing"))),
                    models.Q(
                        ("access_token__isnull", True),
                        ("code__isnull", True),
                        ("due_at", None),
                        ("refresh_token__isnull", True),
                        ("verifier__isnull", True),
                        models.Q(("state__in", ("open", "received", "choosing")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="integrations_grantvisit_secrets_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcestate",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "connection", "resource"), name="integrations_resourcestate_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "resource__in",
                        [
                            "organization",
                            "accounts",
                            "contacts",
                            "invoices",
                            "bills",
                            "credit_notes",
                            "expenses",
                            "customer_payments",
                            "vendor_payments",
                            "bank_lines",
                            "journals",
                            "postings",
                        ],
                    )
                ),
                name="integrations_resourcestate_resource",
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reading", ""), ("started_at", None)),
                    models.Q(models.Q(("reading", ""), _negated=True), ("started_at__isnull", False)),
                    _connector="OR",
                ),
                name="integrations_resourcestate_reading_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="zohogrant",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "connection"), name="integrations_zohogrant_connection"
            ),
        ),
        ProtectTenantTable("integrations_zohogrant", web=KEPT),
        ProtectTenantTable("integrations_grantvisit", web=KEPT, scheduler=DUE),
        ProtectTenantTable("integrations_resourcestate", web=KEPT),
        AddTenantForeignKey("integrations_zohogrant", "connection_id", "integrations_connection"),
        AddTenantForeignKey("integrations_grantvisit", "connection_id", "integrations_connection"),
        AddTenantForeignKey("integrations_resourcestate", "connection_id", "integrations_connection"),
        # The ledger knows connections by their ids alone; that they exist, in the same workspace, is kept here.
        *(AddTenantForeignKey(f"ledger_{name}", "connection_id", "integrations_connection") for name in BOOKS),
    ]
