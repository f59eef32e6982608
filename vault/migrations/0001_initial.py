"""The database's shares of the keys, and the routing table."""

import uuid
from django.db import migrations, models
from vault.rls import ROUTE, AddReadPolicy, ProtectGlobalTable, ProtectTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RoutingEntry",
            fields=[
                ("digest", models.BinaryField(primary_key=True, serialize=False)),
                ("workspace_id", models.UUIDField(editable=False)),
                ("object_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                (
                    "epoch",
                    models.PositiveIntegerField(
                        help_text="Rises whenever any key of the owner changes; cached keys carry it."
                    ),
                ),
                ("share", models.BinaryField()),
                ("commitment", models.BinaryField()),
                ("provider", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("person_id", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "version"), name="vault_personkey_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkspaceKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                (
                    "epoch",
                    models.PositiveIntegerField(
                        help_text="Rises whenever any key of the owner changes; cached keys carry it."
                    ),
                ),
                ("share", models.BinaryField()),
                ("commitment", models.BinaryField()),
                ("provider", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("workspace_id", models.UUIDField(editable=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace_id", "version"), name="vault_workspacekey_version")
                ],
            },
        ),
        ProtectTenantTable(
            "vault_workspacekey", web="SELECT, INSERT, UPDATE", scheduler=["workspace_id"], references_workspace=False
        ),
        ProtectGlobalTable(
            "vault_personkey",
            because="a person's key opens in every workspace they belong to; the share here is useless without the provider's",
            web="SELECT, INSERT, UPDATE",
        ),
        ProtectTenantTable("vault_routingentry", references_workspace=False, id_column=None),
        AddReadPolicy("vault_routingentry", "route", f"digest = {ROUTE}"),
    ]
