"""Layout 2 of month sheets: packed numbers, and words with the rows that hold them. Every sheet is made anew from its rows."""

from django.db import migrations

# The owner sees no row while row-level security is forced on it, too.
MAKE_ANEW = """
    ALTER TABLE ledger_sheethead NO FORCE ROW LEVEL SECURITY;
    UPDATE ledger_sheethead SET stale_since = 'epoch' WHERE version > 0;
    ALTER TABLE ledger_sheethead FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_books")]

    operations = [migrations.RunSQL(MAKE_ANEW, migrations.RunSQL.noop)]
