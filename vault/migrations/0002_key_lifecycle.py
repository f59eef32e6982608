"""Keys that are rotated out and kept wrapped; and the scheduler is told which versions are out of use."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model, name, field)
            for model in ("workspacekey", "personkey")
            for name, field in (
                ("wrapped", models.BinaryField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
            )
        ),
        migrations.RunSQL(
            "GRANT SELECT (version, retired_at, destroyed_at) ON vault_workspacekey TO counterfoil_scheduler",
            "REVOKE SELECT (version, retired_at, destroyed_at) ON vault_workspacekey FROM counterfoil_scheduler",
        ),
    ]
