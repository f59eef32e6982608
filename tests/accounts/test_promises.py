"""The migration that turned promises of the product into constraints: what it finds, and that it can be undone."""

from importlib import import_module

import pytest
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from accounts.models import EmailDevice
from tests.accounts.test_second_factor import enrol_email
from tests.support.people import make_person

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NAME = "0014_promises"
COPY = """
    INSERT INTO accounts_emaildevice
    SELECT (jsonb_populate_record(known, jsonb_build_object('id', gen_random_uuid(), 'confirmed', false))).*
    FROM accounts_emaildevice known WHERE user_id = %s
"""


def test_of_two_devices_for_codes_the_one_that_counts_stays_and_all_of_it_can_be_undone() -> None:
    user = make_person("carol", has_factor=False)
    kept = enrol_email(user)
    promises = import_module(f"accounts.migrations.{NAME}").Migration(NAME, "accounts")
    owner = connections["owner"]
    before = MigrationExecutor(owner).loader.project_state(("accounts", "0013_account_deletions"))
    devices = EmailDevice.objects.using("owner").filter(user_id=user.pk).values_list("pk", flat=True)
    with transaction.atomic("owner"):
        with owner.schema_editor() as editor:
            promises.unapply(before.clone(), editor)
        with owner.cursor() as cursor:
            cursor.execute(COPY, [user.pk])
        assert len(devices.all()) == 2
        with owner.schema_editor() as editor:
            promises.apply(before.clone(), editor)
        assert list(devices.all()) == [kept.pk]
        # The database is as it was for whoever comes next.
        transaction.set_rollback(True, using="owner")
