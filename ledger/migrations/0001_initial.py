"""Accounts, categories, transactions and month sheets, each protected in the migration that creates it."""

import django.db.models.deletion
import ledger.models.records
import uuid
import vault.fields
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

KEPT = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("code", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("depository", "Bank account"),
                            ("credit", "Card"),
                            ("loan", "Loan"),
                            ("investment", "Investment"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subtype", models.CharField(blank=True, max_length=40)),
                ("currency", models.CharField(max_length=3)),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        ledger.models.records.AccountFacts, editable=False, label="ledger.account.facts"
                    ),
                ),
                (
                    "balances",
                    vault.fields.SealedRecord(
                        ledger.models.records.AccountBalances, editable=False, label="ledger.account.balances"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_account_provider"
                    ),
                    models.UniqueConstraint(fields=("workspace_id", "code"), name="ledger_account_code"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
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
                ("name", vault.fields.SealedText(editable=False, label="ledger.category.name")),
                ("origin", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "code"), name="ledger_category_code"),
                    models.UniqueConstraint(
                        condition=models.Q(("origin", ""), _negated=True),
                        fields=("workspace_id", "origin"),
                        name="ledger_category_origin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("count", models.PositiveIntegerField()),
                ("former", vault.fields.SealedBytes(editable=False, label="ledger.category_change.former")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reversed_at", models.DateTimeField(null=True)),
                (
                    "category",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.category",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CodeSequence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("account", "Account"), ("category", "Category"), ("counterparty", "Counterparty")],
                        max_length=12,
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "kind"), name="ledger_codesequence_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Counterparty",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("code", models.PositiveIntegerField()),
                ("name", vault.fields.SealedText(editable=False, label="ledger.counterparty.name")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "code"), name="ledger_counterparty_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetHead",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "book",
                    models.CharField(
                        choices=[("bank", "Bank"), ("books", "Books"), ("invoices", "Invoices"), ("bills", "Bills")],
                        max_length=8,
                    ),
                ),
                ("month", models.DateField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("text_version", models.PositiveIntegerField(default=0)),
                ("stale_since", models.DateTimeField(null=True)),
                ("written_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "book", "month"), name="ledger_sheethead_month"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="ledger_sheethead_first_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetPart",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "part",
                    models.CharField(
                        choices=[("summary", "Summary"), ("numbers", "Numbers"), ("text", "Text")], max_length=8
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "head",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.sheethead",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "head_id", "part"), name="ledger_sheetpart_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("connection_id", models.UUIDField()),
                ("provider_id", models.CharField(max_length=255)),
                ("date", models.DateField()),
                ("status", models.CharField(choices=[("pending", "Pending"), ("posted", "Posted")], max_length=8)),
                ("currency", models.CharField(max_length=3)),
                (
                    "category_by",
                    models.CharField(
                        choices=[("feed", "Bank"), ("rule", "Rule"), ("person", "Person")], default="feed", max_length=8
                    ),
                ),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "deleted_because",
                    models.CharField(blank=True, choices=[("provider", "Withdrawn by the bank")], max_length=10),
                ),
                (
                    "feed",
                    vault.fields.SealedRecord(
                        ledger.models.records.TransactionFeed, editable=False, label="ledger.transaction.feed"
                    ),
                ),
                (
                    "own",
                    vault.fields.SealedRecord(
                        ledger.models.records.TransactionOwn, editable=False, label="ledger.transaction.own", null=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "account",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "category",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.category",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace_id", "date", "id"], name="ledger_transaction_date"),
                    models.Index(
                        fields=["workspace_id", "account_id", "date", "id"], name="ledger_transaction_account"
                    ),
                    models.Index(
                        fields=["workspace_id", "category_id", "date", "id"], name="ledger_transaction_category"
                    ),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["workspace_id", "date", "id"],
                        name="ledger_transaction_pending",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "connection_id", "provider_id"), name="ledger_transaction_provider"
                    )
                ],
            },
        ),
        # Rows are marked as removed, never deleted.
        ProtectTenantTable("ledger_account", web=KEPT),
        ProtectTenantTable("ledger_category", web=KEPT),
        ProtectTenantTable("ledger_categorychange", web=KEPT),
        ProtectTenantTable("ledger_codesequence", web=KEPT),
        ProtectTenantTable("ledger_counterparty", web=KEPT),
        ProtectTenantTable("ledger_sheethead", web=KEPT, scheduler=["workspace_id", "stale_since"]),
        ProtectTenantTable("ledger_sheetpart", web=KEPT),
        ProtectTenantTable("ledger_transaction", web=KEPT),
        AddTenantForeignKey("ledger_transaction", "account_id", "ledger_account"),
        AddTenantForeignKey("ledger_transaction", "category_id", "ledger_category"),
        AddTenantForeignKey("ledger_categorychange", "category_id", "ledger_category"),
        AddTenantForeignKey("ledger_sheetpart", "head_id", "ledger_sheethead"),
        # The version is what refuses an old sheet put back; so it must not go back either.
        migrations.RunSQL(
            [
                """
                CREATE FUNCTION ledger_sheethead_refuse_older() RETURNS trigger LANGUAGE plpgsql
                SET search_path = pg_catalog AS $$ BEGIN
                    IF NEW.version < OLD.version OR NEW.text_version < OLD.text_version THEN
                        RAISE EXCEPTION 'the version of a sheet never goes back';
                    END IF;
                    RETURN NEW;
                END $$
                """,
                "CREATE TRIGGER refuse_older BEFORE UPDATE ON ledger_sheethead "
                "FOR EACH ROW EXECUTE FUNCTION ledger_sheethead_refuse_older()",
            ],
            ["DROP TRIGGER refuse_older ON ledger_sheethead", "DROP FUNCTION ledger_sheethead_refuse_older()"],
        ),
        # What is sealed does not compress: trying would only cost time.
        migrations.RunSQL(
            "ALTER TABLE ledger_sheetpart ALTER COLUMN sealed SET STORAGE EXTERNAL",
            "ALTER TABLE ledger_sheetpart ALTER COLUMN sealed SET STORAGE EXTENDED",
        ),
    ]
