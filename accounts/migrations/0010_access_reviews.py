"""Access reviews and their entries."""

import accounts.models.reviews
import django.db.models.deletion
import uuid
import vault.fields
from django.conf import settings
from django.db import migrations, models
from vault.rls import AddTenantForeignKey, ProtectTenantTable

ROLES = [("owner", "Owner"), ("admin", "Admin"), ("manager", "Manager"), ("staff", "Staff"), ("auditor", "Auditor")]


def person(**options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_invitations")]

    operations = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                ("quarter", models.DateField(null=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                (
                    "due_at",
                    models.DateTimeField(
                        help_text="When the next reminder goes out; none once it is completed.", null=True
                    ),
                ),
                ("completed_at", models.DateTimeField(null=True)),
                ("completed_by", person(null=True)),
                (
                    "notes",
                    vault.fields.OptionalSealedText(editable=False, label="accounts.access_review.notes", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("quarter__isnull", False)),
                        fields=("workspace_id", "quarter"),
                        name="accounts_accessreview_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at__isnull", True), ("completed_by__isnull", True)),
                            models.Q(
                                ("completed_at__isnull", False),
                                ("completed_by__isnull", False),
                                ("due_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_accessreview_completed",
                    ),
                ],
                "indexes": [models.Index(fields=["workspace_id", "opened_at"], name="accounts_accessreview_time")],
            },
        ),
        migrations.CreateModel(
            name="ReviewEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("workspace_id", vault.fields.WorkspaceIdField(editable=False)),
                (
                    "review",
                    vault.fields.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.accessreview",
                    ),
                ),
                ("user", person()),
                (
                    "seen",
                    vault.fields.SealedRecord(
                        accounts.models.reviews.Reviewed, editable=False, label="accounts.review_entry.seen"
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("keep", "Keep"), ("change", "Change role"), ("revoke", "Revoke")],
                        max_length=10,
                    ),
                ),
                ("decided_role", models.CharField(blank=True, choices=ROLES, max_length=10)),
                ("decided_by", person(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "review", "user"), name="accounts_reviewentry_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["", "keep", "change", "revoke"])),
                        name="accounts_reviewentry_decision",
                    ),
                ],
            },
        ),
        ProtectTenantTable(
            "accounts_accessreview",
            web="SELECT, INSERT, UPDATE",
            scheduler=("id", "workspace_id", "quarter", "due_at"),
        ),
        ProtectTenantTable("accounts_reviewentry", web="SELECT, INSERT, UPDATE"),
        AddTenantForeignKey("accounts_reviewentry", "review_id", "accounts_accessreview"),
    ]
