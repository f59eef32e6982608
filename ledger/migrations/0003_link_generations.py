"""By which link of its connection a transaction was last told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_changes_by_hand_and_saved_views")]

    operations = [
        migrations.AddField(
            model_name="transaction",
            name="generation",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
    ]
