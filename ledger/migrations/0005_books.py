"""The books beside the bank: an organisation's accounts, contacts, documents, payments and general ledger."""

import django.db.models.deletion
import ledger.models.books_records
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_sheets_aside_and_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="codesequence",
            name="kind",
            field=models.CharField(
                choices=[
                    ("account", "Account"),
                    ("category", "Category"),
                    ("counterparty", "Counterparty"),
                    ("books_account", "Books Account"),
                    ("contact", "Contact"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="sheetpart",
            name="part",
            field=models.CharField(
                choices=[("summary", "Summary"), ("numbers", "Numbers"), ("aside", "Aside"), ("text", "Text"), ("words", "Words"), ("documents", "Documents")],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="BooksAccount",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("code", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("income", "Income"),
                            ("cost_of_sales", "Cost of sales"),
                            ("operating_expense", "Operating expenses"),
                            ("other_income", "Other income"),
                            ("other_expense", "Other expenses"),
                            ("tax", "Tax"),
                            ("transfer", "Transfers"),
                            ("asset", "Assets"),
                            ("liability", "Liabilities"),
                            ("equity", "Equity"),
                        ],
                        max_length=20,
                    ),
                ),
                ("type", models.CharField(max_length=40)),
                ("is_active", models.BooleanField()),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.BooksAccountFacts,
                        editable=False,
                        label="ledger.books_account.facts",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_booksaccount_provider"
                    ),
                    models.UniqueConstraint(fields=("workspace_id", "code"), name="ledger_booksaccount_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BooksOrganization",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("base_currency", models.CharField(max_length=3)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id"), name="ledger_booksorganization_connection"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("code", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("customer", "Customer"), ("vendor", "Vendor")], max_length=8)),
                ("currency", models.CharField(max_length=3)),
                ("is_active", models.BooleanField()),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.ContactFacts, editable=False, label="ledger.contact.facts"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_contact_provider"
                    ),
                    models.UniqueConstraint(fields=("workspace_id", "code"), name="ledger_contact_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("date", models.DateField()),
                ("status", models.CharField(blank=True, max_length=40)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("currency", models.CharField(max_length=3)),
                (
                    "feed",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.BankLineFeed, editable=False, label="ledger.bank_line.feed"
                    ),
                ),
                (
                    "account",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.booksaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_bankline_provider"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("bill", "Bill"),
                            ("credit_note", "Credit note"),
                            ("expense", "Expense"),
                        ],
                        max_length=12,
                    ),
                ),
                ("date", models.DateField()),
                ("due_date", models.DateField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("overdue", "Overdue"),
                            ("partly_paid", "Partly paid"),
                            ("paid", "Paid"),
                            ("void", "Void"),
                            ("written_off", "Written off"),
                        ],
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "feed",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.DocumentFeed, editable=False, label="ledger.document.feed"
                    ),
                ),
                (
                    "contact",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.contact",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "kind", "date", "id"], name="ledger_document_date"),
                    models.Index(fields=["workspace_id", "contact_id", "date", "id"], name="ledger_document_contact"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id", "kind"), name="ledger_document_provider"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("kind", models.CharField(choices=[("customer", "Customer"), ("vendor", "Vendor")], max_length=8)),
                ("date", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "feed",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.PaymentFeed, editable=False, label="ledger.payment.feed"
                    ),
                ),
                (
                    "contact",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.contact",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "contact_id", "date", "id"], name="ledger_payment_contact")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id", "kind"), name="ledger_payment_provider"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("sweep", models.PositiveIntegerField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("unseen", "No longer in the books")], max_length=10),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("date", models.DateField()),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("bill", "Bill"),
                            ("customer_payment", "Customer payment"),
                            ("vendor_payment", "Vendor payment"),
                            ("credit_note", "Credit note"),
                            ("expense", "Expense"),
                            ("journal", "Journal"),
                            ("bank", "Bank transaction"),
                            ("opening_balance", "Opening balance"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("source_provider_id", models.CharField(blank=True, max_length=255)),
                ("currency", models.CharField(max_length=3)),
                (
                    "feed",
                    vault.fields.SealedRecord(
                        ledger.models.books_records.PostingFeed, editable=False, label="ledger.posting.feed"
                    ),
                ),
                (
                    "account",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.booksaccount",
                    ),
                ),
                (
                    "contact",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.contact",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "date", "id"], name="ledger_posting_date")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_posting_provider"
                    )
                ],
            },
        ),
        # Rows are marked as gone, never deleted.
        ProtectTenantTable("ledger_booksorganization", web=KEPT),
        ProtectTenantTable("ledger_booksaccount", web=KEPT),
        ProtectTenantTable("ledger_contact", web=KEPT),
        ProtectTenantTable("ledger_document", web=KEPT),
        ProtectTenantTable("ledger_payment", web=KEPT),
        ProtectTenantTable("ledger_posting", web=KEPT),
        ProtectTenantTable("ledger_bankline", web=KEPT),
        AddTenantForeignKey("ledger_document", "contact_id", "ledger_contact"),
        AddTenantForeignKey("ledger_payment", "contact_id", "ledger_contact"),
        AddTenantForeignKey("ledger_posting", "account_id", "ledger_booksaccount"),
        AddTenantForeignKey("ledger_posting", "contact_id", "ledger_contact"),
        AddTenantForeignKey("ledger_bankline", "account_id", "ledger_booksaccount"),
    ]
