"""What the web role may do with the tables that come with axes: it counts in the cache, and nothing is written to them."""

from django.db import migrations

from vault.rls import ProtectGlobalTable

TABLES = ("axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sessions_and_mail"), ("axes", "0010_accessattemptexpiration")]

    operations = [
        ProtectGlobalTable(table, because="comes with axes, which counts in the cache here", web="SELECT")
        for table in TABLES
    ]
