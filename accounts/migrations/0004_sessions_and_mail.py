"""Sessions and mails of our own. Django's session table goes: whoever was signed in signs in once more.

Who could sign in before addresses were verified has a verified one: nothing else was asked of them.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from vault.rls import ProtectGlobalTable, ProtectTenantTable

import accounts.models.mails
import vault.fields

VERIFY_THOSE_WHO_ARE_HERE = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM accounts_user
    WHERE NOT EXISTS (SELECT FROM account_emailaddress known WHERE known.user_id = accounts_user.id)
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_workspace_set_up")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
        migrations.RunSQL([VERIFY_THOSE_WHO_ARE_HERE, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.CreateModel(
            name="UserSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key_digest", models.BinaryField(unique=True)),
                ("data", models.BinaryField()),
                ("signed_in_at", models.DateTimeField(null=True)),
                ("last_seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("agent", models.CharField(blank=True, max_length=300)),
                ("first_address", models.CharField(blank=True, max_length=45)),
                ("last_address", models.CharField(blank=True, max_length=45)),
                ("remembered", models.BooleanField(default=False)),
                ("factor", models.CharField(blank=True, max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.BinaryField()),
                ("last_seen_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "digest"), name="accounts_knowndevice_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("kind", models.CharField(max_length=40)),
                ("user_id", models.UUIDField(null=True)),
                (
                    "facts",
                    vault.fields.SealedRecord(
                        accounts.models.mails.MailFacts, editable=False, label="accounts.mail.facts"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"indexes": [models.Index(fields=["workspace_id", "due_at"], name="accounts_mail_due")]},
        ),
        ProtectGlobalTable(
            "accounts_usersession",
            because="a session comes before any workspace is chosen; its contents are sealed under its cookie",
        ),
        ProtectGlobalTable("accounts_knowndevice", because="digests of where a person has signed in before"),
        # A mail may be the site's own, which is no row among the workspaces.
        ProtectTenantTable(
            "accounts_mail", scheduler=("id", "workspace_id", "due_at"), references_workspace=False
        ),
    ]
