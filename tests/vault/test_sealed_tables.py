"""Every sealed column is found in the models themselves, so that no rotation passes one over. R14, C5."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from vault.fields import HashedSeal, SealedBlob, SealedField, SealedText
from vault.sealed_tables import hashed_columns, sealed_tables
from vault.tenant import TenantModel

# Binary columns that hold no sealed value, each with what it holds.
NOT_SEALED = {
    "accounts_addresschange.new_digest": "an HMAC under a secret that the database does not hold",
    "accounts_addresschange.old_digest": "an HMAC under a secret that the database does not hold",
    "accounts_invitation.token_digest": "a hash of 256 random bits that are good once",
    "accounts_once.key_digest": "an HMAC under a secret that the database does not hold",
    "accounts_once.body_digest": "an HMAC under a secret that the database does not hold",
    "accounts_backupcode.digest": "an HMAC under a sealed key",
    "accounts_passkey.credential_digest": "a hash of a random id",
    "accounts_knowndevice.digest": "an HMAC",
    "accounts_usersession.key_digest": "a hash of 256 random bits",
    "accounts_usersession.data": "sealed under its cookie, and so gone with it",
    "audit_link.previous_hash": "a hash",
    "audit_link.hash": "a hash",
    "integrations_grantvisit.session_digest": "an HMAC of a session's key",
    "integrations_grantvisit.state_digest": "a hash of 256 random bits that are good once",
    "integrations_webhookreceipt.digest": "a hash",
    "billing_invoice.digest": "a hash of a random id",
    "billing_stripeevent.digest": "a hash of a random id",
    "vault_routingentry.digest": "an HMAC",
    "vault_workspacekey.share": "a random share",
    "vault_workspacekey.commitment": "an HMAC",
    "vault_workspacekey.wrapped": "an older key under a newer one, wrapped anew by the rotation itself",
    "audit_checkpoint.head": "a hash",
    "audit_checkpoint.root": "a hash",
    "audit_checkpoint.frontier": "hashes",
    "audit_checkpoint.previous_hash": "a hash",
    "audit_checkpoint.signature": "a signature, which is there to be seen",
    "vault_personkey.share": "a random share",
    "vault_personkey.commitment": "an HMAC",
    "vault_personkey.wrapped": "an older key under a newer one, wrapped anew by the rotation itself",
}


def found() -> set[str]:
    tables = [*sealed_tables("workspace"), *sealed_tables("person")]
    return {f"{table.name}.{column.name}" for table in tables for column in table.columns}


@pytest.fixture
def new_model() -> Iterator[type[models.Model]]:
    class Newcomer(TenantModel):
        words = SealedText(label="vault.newcomer.words", db_column="some_words")

        class Meta:
            app_label = "vault"

    yield Newcomer
    del apps.all_models["vault"]["newcomer"]
    apps.clear_cache()


def test_columns_of_workspaces_and_of_people_are_found() -> None:
    people = {f"{table.name}.{column.name}" for table in sealed_tables("person") for column in table.columns}
    assert {"accounts_user.display_name", "accounts_totpdevice.key", "accounts_passkey.credential"} <= people
    assert {
        "accounts_workspace.name",
        "ledger_transaction.feed",
        "ledger_transaction.own",
        "ledger_sheetpart.sealed",
        "integrations_connection.access_token",
        "integrations_stagedpage.content",
        "integrations_webhookreceipt.body",
    } <= found() - people
    assert [f"{one.table}.{one.name}" for one in hashed_columns()] == ["audit_event.sealed_detail"]


def test_a_new_sealed_field_is_found_without_being_named_anywhere(new_model: type[models.Model]) -> None:
    assert "vault_newcomer.some_words" in found()


def test_no_binary_column_is_left_out() -> None:
    binary = {
        f"{model._meta.db_table}.{field.column}": field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "BinaryField"
    }
    known = {name for name, field in binary.items() if isinstance(field, SealedField | SealedBlob | HashedSeal)}
    assert known
    assert binary.keys() - known == NOT_SEALED.keys()


@pytest.mark.django_db
def test_the_web_role_may_write_every_column_that_a_rotation_writes() -> None:
    with connection.cursor() as cursor:
        for name in found():
            cursor.execute("SELECT has_column_privilege(%s, %s, 'UPDATE')", name.split("."))
            assert cursor.fetchone() == (True,), name


# What is a person's must be found by the person alone, without entering every workspace.
@pytest.mark.django_db
def test_what_is_sealed_for_a_person_stands_in_tables_of_no_workspace() -> None:
    tables = [table.name for table in sealed_tables("person")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relname = ANY(%s)", [tables])
        assert tables
        assert cursor.fetchall() == []
