"""Two more parts of a month sheet. Every sheet is made anew from its rows, as none has them yet, and so on the way back."""

from django.db import migrations, models

# The owner sees no row while row-level security is forced on it, too.
MAKE_ANEW = """
    ALTER TABLE ledger_sheethead NO FORCE ROW LEVEL SECURITY;
    UPDATE ledger_sheethead SET stale_since = 'epoch', written_at = NULL WHERE version > 0;
    ALTER TABLE ledger_sheethead FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_link_generations")]

    operations = [
        migrations.AlterField(
            model_name="sheetpart",
            name="part",
            field=models.CharField(
                choices=[
                    ("summary", "Summary"),
                    ("numbers", "Numbers"),
                    ("aside", "Aside"),
                    ("text", "Text"),
                    ("words", "Words"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(MAKE_ANEW, MAKE_ANEW),
    ]
