"""What grants, visits and removals promise, kept by the database; and the journals that a reading has seen so far."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_zoho_books")]

    operations = [
        migrations.AddField(model_name="resourcestate", name="seen", field=models.TextField(blank=True)),
        migrations.AddConstraint(
            model_name="grantvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("offers__isnull", False), ("state", "choosing")),
                    models.Q(models.Q(("state", "choosing"), _negated=True), ("offers__isnull", True)),
                    _connector="OR",
                ),
                name="integrations_grantvisit_offers_while_choosing",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemremoval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("location", ""), ("provider", "plaid")),
                    models.Q(("provider", "zoho"), models.Q(("location", ""), _negated=True)),
                    _connector="OR",
                ),
                name="integrations_itemremoval_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="zohogrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("access_expires_at__isnull", False),
                        ("access_token__isnull", False),
                        ("refresh_token__isnull", False),
                    ),
                    models.Q(("access_expires_at", None), ("access_token__isnull", True)),
                    _connector="OR",
                ),
                name="integrations_zohogrant_tokens_together",
            ),
        ),
    ]
