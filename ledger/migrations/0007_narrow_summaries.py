"""Layout 3 of month sheets: summaries in the bytes that their values need. Every sheet is made anew from its rows, and so on
the way back. Until then a month counts as one that nothing was written to."""

from django.db import migrations

# The owner sees no row while row-level security is forced on it, too.
MAKE_ANEW = """
    ALTER TABLE ledger_sheethead NO FORCE ROW LEVEL SECURITY;
    UPDATE ledger_sheethead SET stale_since = 'epoch', written_at = NULL WHERE version > 0;
    ALTER TABLE ledger_sheethead FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_packed_sheets")]

    operations = [migrations.RunSQL(MAKE_ANEW, MAKE_ANEW)]
