"""Keys under which deeds are asked for, so that what is asked for twice is done once."""

import uuid

from django.db import migrations, models
from vault.rls import ProtectTenantTable

import vault.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_promises")]

    operations = [
        migrations.CreateModel(
            name="OnceKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("key_digest", models.BinaryField()),
                ("body_digest", models.BinaryField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                (
                    "location",
                    vault.fields.OptionalSealedText(editable=False, label="accounts.once.location", null=True),
                ),
                ("object_id", models.UUIDField(null=True)),
                ("held_until", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "accounts_once",
                "indexes": [models.Index(fields=["workspace_id", "expires_at"], name="accounts_once_expires")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "key_digest"), name="accounts_once_key")
                ],
            },
        ),
        # A key may be the site's own, which is no row among the workspaces.
        ProtectTenantTable("accounts_once", scheduler=("id", "workspace_id", "expires_at"), references_workspace=False),
    ]
