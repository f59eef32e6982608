"""Invitations, and offers of ownership."""

import django.db.models.deletion
import uuid
import vault.fields
from django.conf import settings
from django.db import migrations, models
from vault.rls import ProtectTenantTable

ROLES = [("owner", "Owner"), ("admin", "Admin"), ("manager", "Manager"), ("staff", "Staff"), ("auditor", "Auditor")]


def person():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_recovery")]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("email", vault.fields.SealedText(editable=False, label="accounts.invitation.email")),
                ("role", models.CharField(choices=ROLES, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("token_digest", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("mails", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("inviter", person()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "accepted", "declined", "cancelled"])),
                        name="accounts_invitation_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["admin", "manager", "staff", "auditor"])),
                        name="accounts_invitation_role",
                    ),
                ],
                "indexes": [models.Index(fields=["workspace_id", "created_at"], name="accounts_invitation_time")],
            },
        ),
        migrations.CreateModel(
            name="OwnershipOffer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("steps_down", models.BooleanField(help_text="Whether the giver becomes an Admin then.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting"),
                            ("accepted", "Accepted"),
                            ("waited", "In effect after the wait"),
                            ("declined", "Declined"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("giver", person()),
                ("receiver", person()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("workspace_id",),
                        name="accounts_ownershipoffer_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "accepted", "waited", "declined", "cancelled"])),
                        name="accounts_ownershipoffer_state",
                    ),
                ],
            },
        ),
        ProtectTenantTable("accounts_invitation", web="SELECT, INSERT, UPDATE"),
        ProtectTenantTable(
            "accounts_ownershipoffer",
            web="SELECT, INSERT, UPDATE",
            scheduler=("id", "workspace_id", "state", "due_at"),
        ),
    ]
