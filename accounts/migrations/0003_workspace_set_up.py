"""When a workspace's currency and fiscal year were chosen; for workspaces that are there already that was so before."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_third_party_tables")]

    operations = [
        # The default fills existing rows as the column is added: an UPDATE would see no workspace.
        migrations.AddField(
            "workspace",
            "set_up_at",
            models.DateTimeField(default=django.utils.timezone.now, null=True),
            preserve_default=False,
        ),
    ]
