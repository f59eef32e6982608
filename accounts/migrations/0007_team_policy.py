"""From when on a workspace's members need a second factor, and of which kinds. No workspace asks for more than before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_factors")]

    operations = [
        migrations.AddField("workspace", "factor_from", models.DateTimeField(null=True)),
        migrations.AddField(
            "workspace", "factor_kinds", models.CharField(default="totp,passkey,email", max_length=60)
        ),
        migrations.AddField("workspace", "policy_version", models.PositiveIntegerField(default=1)),
    ]
