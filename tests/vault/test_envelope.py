"""Sealing and opening: whatever is moved, cut or altered is refused by place. R1, R2, C1."""

from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from vault.envelope import OVERHEAD, Place, SealBroken, key_version_of, open_sealed, pad, seal, unpad

CIPHER = AESGCM(bytes(range(32)))
PLACE = Place(UUID(int=7), "ledger.account.name", UUID(int=9))


def open_checked(sealed: bytes) -> bytes:
    key_version_of(sealed, PLACE)
    return open_sealed(CIPHER, PLACE, sealed)


def test_a_sealed_value_opens_in_its_place_only() -> None:
    sealed = seal(CIPHER, 1, PLACE, b"Acme Ltd")
    assert open_sealed(CIPHER, PLACE, sealed) == b"Acme Ltd"


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(uuid4(), PLACE.label, PLACE.row),
        Place(PLACE.owner, "ledger.account.nam", PLACE.row),
        Place(PLACE.owner, PLACE.label, uuid4()),
        Place(PLACE.owner, PLACE.label, PLACE.row, 1),
    ],
    ids=["workspace", "field", "row", "version"],
)
def test_a_value_moved_elsewhere_is_refused_and_the_error_says_where_and_not_what(elsewhere: Place) -> None:
    sealed = seal(CIPHER, 1, PLACE, b"Acme Ltd")
    with pytest.raises(SealBroken) as error:
        open_sealed(CIPHER, elsewhere, sealed)
    assert elsewhere.label in str(error.value)
    assert str(elsewhere.row) in str(error.value)
    assert "Acme" not in str(error.value)


@given(st.data())
def test_any_altered_byte_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(seal(CIPHER, 1, PLACE, b"Acme Ltd"))
    index = data.draw(st.integers(0, len(sealed) - 1))
    sealed[index] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        open_checked(bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, OVERHEAD - 1, OVERHEAD, OVERHEAD + 3])
def test_a_truncated_value_is_refused(length: int) -> None:
    sealed = seal(CIPHER, 1, PLACE, b"Acme Ltd")[:length]
    with pytest.raises(SealBroken):
        open_checked(sealed)


def test_no_nonce_is_used_twice() -> None:
    nonces = {seal(CIPHER, 1, PLACE, b"x")[5:17] for _ in range(2_000)}
    assert len(nonces) == 2_000


@given(st.binary(max_size=300), st.sampled_from([64, 4096]))
def test_padding_comes_off_as_it_went_on(data: bytes, block: int) -> None:
    padded = pad(data, block)
    assert len(padded) % block == 0
    assert unpad(padded, PLACE) == data


@pytest.mark.parametrize("bare", [b"", bytes(64), b"abc"])
def test_bytes_without_padding_are_refused(bare: bytes) -> None:
    with pytest.raises(SealBroken, match="padding"):
        unpad(bare, PLACE)
