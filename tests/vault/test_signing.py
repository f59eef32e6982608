"""The signing key: apart from the database, for its owner's eyes only, and known for ever once it has signed. R94."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from vault.providers.base import ShareMissing, ShareUnusable
from vault.providers.signfile import KeyFileSigner
from vault.signing import (
    CLOCKS_APART,
    VerificationKey,
    is_signed,
    key_id_of,
    note_signed,
    noted_signed,
    rotate_signing_key,
    sign,
    verification_keys,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
# RFC 8032, section 7.1: public key, signature, message.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "72",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        "af82",
    ),
]


@pytest.fixture
def signer(tmp_path: Path) -> KeyFileSigner:
    return KeyFileSigner(tmp_path)


@pytest.mark.parametrize(("public", "signature", "message"), RFC_8032)
def test_the_vectors_of_rfc_8032_verify_and_altered_ones_do_not(public: str, signature: str, message: str) -> None:
    key, signed, text = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert is_signed(key, signed, text)
    assert not is_signed(key, signed, text + b"\x00")
    assert not is_signed(key, bytes([signed[0] ^ 1]) + signed[1:], text)
    assert not is_signed(b"too short", signed, text)


def test_what_is_signed_verifies_with_the_published_key() -> None:
    signature = sign(b"a message")
    key = verification_keys()[signature.key_id]
    assert key.id == key_id_of(key.public)
    assert is_signed(key.public, signature.value, b"a message")
    assert not is_signed(key.public, signature.value, b"another message")


def test_the_seed_is_in_a_file_for_its_owner_alone(signer: KeyFileSigner, tmp_path: Path) -> None:
    signer.sign(b"a message", now=NOW)
    seed = tmp_path / "signing" / "1.key"
    assert seed.stat().st_mode & 0o777 == 0o600
    assert seed.parent.stat().st_mode & 0o777 == 0o700
    seed.chmod(0o640)
    with pytest.raises(ShareUnusable, match="read by others"):
        signer.sign(b"a message", now=NOW)


def test_a_seed_that_was_cut_short_signs_nothing(signer: KeyFileSigner, tmp_path: Path) -> None:
    signer.sign(b"a message", now=NOW)
    (tmp_path / "signing" / "1.key").write_bytes(b"short")
    with pytest.raises(ShareUnusable, match="wrong length"):
        signer.sign(b"a message", now=NOW)


def test_a_lost_seed_is_missed_and_not_replaced(signer: KeyFileSigner, tmp_path: Path) -> None:
    signer.sign(b"a message", now=NOW)
    (tmp_path / "signing" / "1.key").unlink()
    with pytest.raises(ShareMissing):
        signer.sign(b"a message", now=NOW)


def test_two_processes_that_make_the_first_key_make_one(tmp_path: Path) -> None:
    first, _ = KeyFileSigner(tmp_path).sign(b"", now=NOW)
    second, _ = KeyFileSigner(tmp_path).sign(b"", now=NOW)
    assert first == second


def test_an_old_key_is_published_for_ever_and_its_seed_is_gone(signer: KeyFileSigner, tmp_path: Path) -> None:
    old, signature = signer.sign(b"before", now=NOW)
    signer.rotate(now=NOW)
    new, _ = signer.sign(b"after", now=NOW)
    published = list(signer.public_keys())
    assert [(key.public, key.retired_at) for key in published] == [(old, NOW), (new, None)]
    assert is_signed(old, signature, b"before")
    assert not (tmp_path / "signing" / "1.key").exists()


def test_a_rotation_that_was_cut_off_is_finished_by_the_next(signer: KeyFileSigner, tmp_path: Path) -> None:
    signer.sign(b"", now=NOW)
    signer._create(2, NOW)
    signer.rotate(now=NOW)
    assert [key.retired_at for key in signer.public_keys()] == [NOW, NOW, None]
    assert sorted(path.name for path in (tmp_path / "signing").glob("*.key")) == ["3.key"]


def test_rotating_keeps_what_was_signed_before_verifiable() -> None:
    before = sign(b"a message")
    newest = rotate_signing_key()
    assert newest != before.key_id
    assert is_signed(verification_keys()[before.key_id].public, before.value, b"a message")
    assert sign(b"a message").key_id == newest


def test_a_key_signs_from_when_it_was_made_until_it_was_retired_and_clocks_may_differ_a_little() -> None:
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    key = VerificationKey("0" * 16, bytes(32), created_at=NOW, retired_at=NOW + hour)
    for at in (NOW - CLOCKS_APART, NOW, NOW + hour, NOW + hour + CLOCKS_APART):
        assert key.misuse_at(at) is None
    assert key.misuse_at(NOW - CLOCKS_APART - second) == "before its key was made"
    assert key.misuse_at(NOW + hour + CLOCKS_APART + second) == "after its key was retired"
    in_use = replace(key, retired_at=None)
    assert in_use.misuse_at(NOW + 10_000 * hour) is None
    assert timedelta(0) < CLOCKS_APART <= timedelta(minutes=5)


def test_the_last_thing_signed_is_noted_for_each_workspace() -> None:
    one, other = uuid4(), uuid4()
    note_signed(one, b"first")
    note_signed(one, b"second")
    assert (noted_signed(one), noted_signed(other)) == (b"second", None)
