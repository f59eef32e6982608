"""Wycheproof's vectors through the primitives that the vault uses."""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.derivation import hkdf
from vault.envelope import NONCE_BYTES, Place, SealBroken, open_sealed, seal

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "wycheproof"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="skipped without the vectors in ../shared/data/wycheproof")


def cases(name: str, **wanted: int) -> Iterator[dict[str, Any]]:
    for group in json.loads((VECTORS / name).read_text())["testGroups"]:
        if all(group[key] == value for key, value in wanted.items()):
            for case in group["tests"]:
                yield {**group, **case}


class VectorPlace(Place, frozen=True):
    """A place whose associated data are the vector's own."""

    fixed: bytes = b""

    def associated_data(self, header: bytes) -> bytes:
        return self.fixed


def place_with(data: str) -> Place:
    return VectorPlace(UUID(int=0), "vector", UUID(int=0), fixed=bytes.fromhex(data))


def test_every_aes_gcm_vector_opens_or_is_refused_as_it_says() -> None:
    seen = {"valid": 0, "invalid": 0}
    for case in cases("aes_gcm_test.json", ivSize=96, keySize=256, tagSize=128):
        cipher, place = AESGCM(bytes.fromhex(case["key"])), place_with(case["aad"])
        sealed = bytes(5) + bytes.fromhex(case["iv"] + case["ct"] + case["tag"])
        if case["result"] == "valid":
            assert open_sealed(cipher, place, sealed) == bytes.fromhex(case["msg"])
        else:
            with pytest.raises(SealBroken):
                open_sealed(cipher, place, sealed)
        seen[case["result"]] += 1
    assert seen["valid"] > 30
    assert seen["invalid"] > 20


def test_sealing_makes_the_ciphertext_of_the_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    for case in cases("aes_gcm_test.json", ivSize=96, keySize=256, tagSize=128):
        if case["result"] != "valid":
            continue
        monkeypatch.setattr("vault.envelope.os.urandom", lambda size, iv=case["iv"]: bytes.fromhex(iv)[:size])
        sealed = seal(AESGCM(bytes.fromhex(case["key"])), 1, place_with(case["aad"]), bytes.fromhex(case["msg"]))
        assert sealed[5 + NONCE_BYTES :].hex() == case["ct"] + case["tag"]


def test_every_hkdf_vector_agrees() -> None:
    checked = 0
    for case in cases("hkdf_sha512_test.json"):
        secret, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        if case["result"] == "valid":
            assert hkdf(secret, salt=salt, info=info, length=case["size"]).hex() == case["okm"]
        else:
            with pytest.raises(ValueError, match=r"[Ll]ength|large"):
                hkdf(secret, salt=salt, info=info, length=case["size"])
        checked += 1
    assert checked > 50


def test_every_hmac_vector_agrees() -> None:
    checked = 0
    for case in cases("hmac_sha256_test.json"):
        made = hmac.digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), sha256)[: case["tagSize"] // 8]
        assert hmac.compare_digest(made, bytes.fromhex(case["tag"])) == (case["result"] == "valid")
        checked += 1
    assert checked > 100


def test_the_primitive_itself_refuses_a_wrong_tag() -> None:
    cipher = AESGCM(bytes(32))
    sealed = cipher.encrypt(bytes(12), b"x", b"")
    with pytest.raises(InvalidTag):
        cipher.decrypt(bytes(12), sealed[:-1] + bytes([sealed[-1] ^ 1]), b"")
