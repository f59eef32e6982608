"""Changes of the address that somebody signs in with."""

import django.db.models.deletion
import uuid
import vault.fields
from django.conf import settings
from django.db import migrations, models
from vault.rls import ProtectGlobalTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_access_reviews")]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "email",
                    vault.fields.SealedText(
                        editable=False,
                        label="accounts.address_change.email",
                        owner="person",
                        person_attr="user_id",
                    ),
                ),
                ("old_digest", models.BinaryField()),
                ("new_digest", models.BinaryField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
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
        ProtectGlobalTable("accounts_addresschange", because="an address belongs to a person"),
    ]
