"""Operators, and what a workspace lets one of them read for a while."""

import datetime
import django.db.models.deletion
import uuid
import vault.fields
from django.conf import settings
from django.db import migrations, models
from vault.rls import PERSON, AddReadPolicy, ProtectGlobalTable, ProtectTenantTable

# Held by the database itself: a grant that is over opens nothing, whatever the product believes.
LIVE = f"operator_id = {PERSON} AND ended_at IS NULL AND expires_at > now()"


def person():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_address_changes")]

    operations = [
        migrations.CreateModel(
            name="Operator",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="OperatorGrant",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("reason", vault.fields.SealedText(editable=False, label="accounts.operator_grant.reason")),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("given_by", person()),
                ("operator", person()),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id", "created_at"], name="accounts_operatorgrant_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("created_at")),
                            ("expires_at__lte", models.F("created_at") + datetime.timedelta(days=3)),
                        ),
                        name="accounts_operatorgrant_hours",
                    )
                ],
            },
        ),
        ProtectGlobalTable("accounts_operator", because="operators belong to no workspace", web="SELECT"),
        ProtectTenantTable("accounts_operatorgrant", web="SELECT, INSERT, UPDATE"),
        AddReadPolicy("accounts_operatorgrant", "person", LIVE),
        AddReadPolicy(
            "accounts_workspace",
            "granted",
            f"{PERSON} IS NOT NULL AND id IN (SELECT workspace_id FROM accounts_operatorgrant WHERE {LIVE})",
        ),
    ]
