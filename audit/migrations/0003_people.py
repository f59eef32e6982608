"""What people did is found without going through what syncs did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_checkpoints_and_bundles")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(("actor_kind", "person")),
                fields=["workspace_id", "occurred_at", "id"],
                name="audit_event_people",
            ),
        ),
    ]
