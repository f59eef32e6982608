"""Two shares make a key; one alone, or a wrong one, makes none. R12, R13, R15, C5."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tests.support.people import Persona
from vault import keyring as keyrings
from vault.envelope import SealBroken
from vault.keyring import KeyDestroyed, KeyMismatch, KeyMissing, create_workspace_key, provider, workspace_keyring
from vault.models import PersonKey, WorkspaceKey
from vault.providers.base import KeyOwner, ShareMissing, ShareUnusable
from vault.providers.keyfile import KeyFileProvider
from vault.tenancy import NoScope, enter_workspace

ROW = uuid4()


def forget_opened_keys() -> None:
    keyrings._opened.clear()


def test_nothing_is_sealed_outside_a_scope(db: None) -> None:
    with pytest.raises(NoScope):
        workspace_keyring()


def test_a_workspace_without_a_key_says_so(db: None) -> None:
    with enter_workspace(uuid4()), pytest.raises(KeyMissing):
        workspace_keyring()


def test_the_key_is_the_same_after_a_restart(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        sealed = workspace_keyring().seal("label", ROW, b"value")
    forget_opened_keys()
    with enter_workspace(alice.workspace.pk):
        assert workspace_keyring().open("label", ROW, sealed) == b"value"


def test_making_the_first_key_twice_keeps_the_first(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        sealed = workspace_keyring().seal("label", ROW, b"value")
        create_workspace_key()
        assert WorkspaceKey.objects.count() == 1
    forget_opened_keys()
    with enter_workspace(alice.workspace.pk):
        assert workspace_keyring().open("label", ROW, sealed) == b"value"


def test_one_workspaces_key_does_not_open_anothers_values(alice: Persona, mallory: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        sealed = workspace_keyring().seal("label", ROW, b"value")
    with enter_workspace(mallory.workspace.pk), pytest.raises(SealBroken):
        workspace_keyring().open("label", ROW, sealed)


def test_values_of_many_rows_open_as_each_by_itself_would_and_only_in_their_rows(alice: Persona) -> None:
    rows = [uuid4() for _ in range(3)]
    with enter_workspace(alice.workspace.pk):
        keyring = workspace_keyring()
        sealed = [keyring.seal("label", row, row.bytes) for row in rows]
        found = keyring.open_rows("label", [*zip(rows, sealed, strict=True), (ROW, None)])
        assert list(found) == [*(row.bytes for row in rows), None]
        for row, value in ((rows[0], sealed[1]), (rows[0], b""), (rows[0], sealed[0][:-1]), (rows[0], b"\2" * 60)):
            with pytest.raises(SealBroken, match=str(rows[0])):
                list(keyring.open_rows("label", [(row, value)]))
        with pytest.raises(SealBroken):
            list(keyring.open_rows("other label", [(rows[0], sealed[0])]))


def test_without_the_providers_share_the_key_is_gone(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        workspace_keyring()
    forget_opened_keys()
    provider().destroy(KeyOwner("workspace", alice.workspace.pk), 1)
    with enter_workspace(alice.workspace.pk), pytest.raises(ShareMissing):
        workspace_keyring()


def test_a_replaced_share_is_told_by_the_commitment(alice: Persona) -> None:
    forget_opened_keys()
    with enter_workspace(alice.workspace.pk):
        WorkspaceKey.objects.update(share=bytes(32))
        with pytest.raises(KeyMismatch):
            workspace_keyring()


def test_a_destroyed_key_is_out_of_use_at_once_though_it_was_cached(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        workspace_keyring()
    with enter_workspace(alice.workspace.pk):
        WorkspaceKey.objects.update(destroyed_at=timezone.now(), epoch=F("epoch") + 1)
    with enter_workspace(alice.workspace.pk), pytest.raises(KeyDestroyed):
        workspace_keyring()


def test_an_open_key_is_fetched_from_the_provider_once(alice: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []
    real = KeyFileProvider.fetch

    def fetch(self: KeyFileProvider, owner: KeyOwner, version: int) -> bytes:
        fetched.append(owner)
        return real(self, owner, version)

    monkeypatch.setattr(KeyFileProvider, "fetch", fetch)
    forget_opened_keys()
    for _ in range(3):
        with enter_workspace(alice.workspace.pk):
            for _ in range(50):
                workspace_keyring()
    assert len(fetched) == 1


def test_neither_shares_nor_keys_show_in_a_repr(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        keyring = workspace_keyring()
        share = bytes(WorkspaceKey.objects.get().share)
    assert share.hex() not in repr(keyring)
    assert "ciphers" not in repr(keyring)


def test_the_database_holds_no_provider_share(alice: Persona) -> None:
    share = provider().fetch(KeyOwner("person", alice.user.pk), 1)
    row = PersonKey.objects.get(person_id=alice.user.pk)
    assert len(share) == len(bytes(row.share)) == 32
    assert share not in (bytes(row.share), bytes(row.commitment))


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    store, owner = KeyFileProvider(tmp_path), KeyOwner("person", uuid4())
    share = store.create(owner, 1)
    file = tmp_path / "person" / f"{owner.id}.1"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert store.create(owner, 1) == share
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    store, owner = KeyFileProvider(tmp_path), KeyOwner("person", uuid4())
    store.create(owner, 1)
    (tmp_path / "person" / f"{owner.id}.1").chmod(0o640)
    with pytest.raises(ShareUnusable, match="read by others"):
        store.fetch(owner, 1)


def test_a_cut_key_file_is_refused(tmp_path: Path) -> None:
    store, owner = KeyFileProvider(tmp_path), KeyOwner("person", uuid4())
    store.create(owner, 1)
    (tmp_path / "person" / f"{owner.id}.1").write_bytes(b"short")
    with pytest.raises(ShareUnusable, match="length"):
        store.fetch(owner, 1)


def test_a_lost_share_is_missed_and_not_replaced(alice: Persona) -> None:
    owner = KeyOwner("workspace", alice.workspace.pk)
    forget_opened_keys()
    provider().destroy(owner, 1)
    with enter_workspace(alice.workspace.pk):
        create_workspace_key()
        with pytest.raises(ShareMissing):
            workspace_keyring()
    with pytest.raises(ShareMissing):
        provider().fetch(owner, 1)


def test_a_key_of_a_transaction_that_did_not_last_seals_nothing_later(db: None) -> None:
    workspace_id = uuid4()
    with enter_workspace(workspace_id), transaction.atomic():
        create_workspace_key()
        workspace_keyring()
        transaction.set_rollback(True)
    with enter_workspace(workspace_id):
        create_workspace_key()
        sealed = workspace_keyring().seal("label", ROW, b"value")
    forget_opened_keys()
    with enter_workspace(workspace_id):
        assert workspace_keyring().open("label", ROW, sealed) == b"value"
