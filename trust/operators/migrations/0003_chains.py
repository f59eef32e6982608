"""How the chains of the records stand, on the operators' pages: what verification found, and no event."""

from django.db import migrations, models
from vault.rls import LetOperatorsRead


class Migration(migrations.Migration):
    dependencies = [("operators", "0002_alerts"), ("audit", "0002_checkpoints_and_bundles")]

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[("id", models.UUIDField(primary_key=True, serialize=False))],
            options={"managed": False, "db_table": "audit_verification", "verbose_name": "audit log"},
        ),
        LetOperatorsRead(
            "audit_verification",
            "workspace_id",
            "began_at",
            "finished_at",
            "length",
            "waiting",
            "checkpoints",
            "fault_count",
        ),
    ]
