"""Blobs and their versions."""

from uuid import uuid4

import pytest

from tests.support.people import Persona
from vault.blobs import BlobKey, fetch_binary, open_blob, seal_blob
from vault.envelope import SealBroken
from vault.tenancy import enter_workspace


def test_an_older_blob_put_back_does_not_open(alice: Persona) -> None:
    row = uuid4()
    with enter_workspace(alice.workspace.pk):
        old = seal_blob(BlobKey("ledger.sheet.numbers", row, 3), b"figures of yesterday")
        assert bytes(open_blob(BlobKey("ledger.sheet.numbers", row, 3), old)) == b"figures of yesterday"
        with pytest.raises(SealBroken, match="version 4"):
            open_blob(BlobKey("ledger.sheet.numbers", row, 4), old)


def test_blobs_of_like_size_have_one_length(alice: Persona) -> None:
    with enter_workspace(alice.workspace.pk):
        key = BlobKey("ledger.sheet.text", uuid4(), 1)
        assert len({len(seal_blob(key, bytes(size))) for size in (0, 1, 4_000)}) == 1


def test_bytes_travel_as_bytes(db: None) -> None:
    assert fetch_binary("SELECT %b::bytea, 7", [b"\x00\xff"]) == [(b"\x00\xff", 7)]
