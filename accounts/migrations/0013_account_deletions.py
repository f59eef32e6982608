"""Accounts that are to be deleted once their cooling-off is over."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from vault.rls import ProtectGlobalTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_operators")]

    operations = [
        migrations.CreateModel(
            name="AccountDeletion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("due_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        ProtectGlobalTable("accounts_accountdeletion", because="an account belongs to a person"),
    ]
