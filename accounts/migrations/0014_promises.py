"""What so far only the product promised, held by the database: one device for codes by e-mail, and decisions that are whole."""

from django.db import migrations, models
from django.db.models import Q

# Whoever has two could not sign in. The one that counts stays, and of several the one that worked last.
KEEP_ONE_EACH = """
    DELETE FROM accounts_emaildevice WHERE id NOT IN (
        SELECT DISTINCT ON (user_id) id FROM accounts_emaildevice
        ORDER BY user_id, confirmed DESC, last_used_at DESC NULLS LAST, created_at DESC, id
    )
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_account_deletions")]

    operations = [
        migrations.RunSQL([KEEP_ONE_EACH, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AddConstraint(
            "emaildevice", models.UniqueConstraint(fields=["user"], name="accounts_emaildevice_person")
        ),
        migrations.AddConstraint(
            "recoverystep",
            models.CheckConstraint(condition=Q(judge__in=["owner", "operators"]), name="accounts_recoverystep_judge"),
        ),
        migrations.AddConstraint(
            "recoverystep",
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, second_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, first_by__isnull=False)),
                name="accounts_recoverystep_decided",
            ),
        ),
        migrations.AddConstraint(
            "reviewentry",
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="accounts_reviewentry_decided",
            ),
        ),
        migrations.AddConstraint(
            "reviewentry",
            models.CheckConstraint(
                condition=(~Q(decision="change") & Q(decided_role=""))
                | Q(decision="change", decided_role__in=["owner", "admin", "manager", "staff", "auditor"]),
                name="accounts_reviewentry_role",
            ),
        ),
    ]
