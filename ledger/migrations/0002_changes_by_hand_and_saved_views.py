"""Which change chose a row's category, notes on many rows at once, and saved views."""

import uuid

import vault.fields
from django.db import migrations, models
from vault.rls import ProtectTenantTable


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="transaction",
            name="category_change_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="NoteChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("note", vault.fields.SealedText(editable=False, label="ledger.note_change.note")),
                ("count", models.PositiveIntegerField()),
                ("kept", models.PositiveIntegerField()),
                ("former", vault.fields.SealedBytes(editable=False, label="ledger.note_change.former")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reversed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("name", vault.fields.SealedText(editable=False, label="ledger.saved_view.name")),
                ("query", vault.fields.SealedText(editable=False, label="ledger.saved_view.query")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        ProtectTenantTable("ledger_notechange", web="SELECT, INSERT, UPDATE"),
        ProtectTenantTable("ledger_savedview", web="SELECT, INSERT, UPDATE, DELETE"),
    ]
