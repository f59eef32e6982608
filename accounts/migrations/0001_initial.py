"""People, workspaces and memberships, with the two policies by which a person finds their own workspaces."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
import vault.fields
from django.conf import settings
from django.db import migrations, models
from vault.rls import PERSON, AddReadPolicy, ProtectGlobalTable, ProtectTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                (
                    "display_name",
                    vault.fields.OptionalSealedText(
                        editable=False, label="accounts.user.display_name", null=True, owner="person", person_attr="id"
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="accounts_user_lower_email",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Workspace",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", vault.fields.SealedText(editable=False, label="accounts.workspace.name")),
                ("base_currency", models.CharField(max_length=3)),
                ("fiscal_year_start_month", models.PositiveSmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fiscal_year_start_month__range", (1, 12))),
                        name="accounts_workspace_fiscal_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("manager", "Manager"),
                            ("staff", "Staff"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "user"), name="accounts_membership_person"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "admin", "manager", "staff", "auditor"])),
                        name="accounts_membership_role",
                    ),
                ],
            },
        ),
        ProtectGlobalTable(
            "accounts_user",
            because="a person may belong to several workspaces; what is theirs is sealed under their own key",
        ),
        ProtectTenantTable("accounts_workspace", column="id", web="SELECT, INSERT, UPDATE"),
        ProtectTenantTable("accounts_membership", references_workspace=False),
        AddReadPolicy("accounts_membership", "person", f"user_id = {PERSON}"),
        AddReadPolicy(
            "accounts_workspace",
            "person",
            f"{PERSON} IS NOT NULL AND id IN (SELECT workspace_id FROM accounts_membership WHERE user_id = {PERSON})",
        ),
    ]
