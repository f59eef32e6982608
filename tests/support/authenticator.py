"""A passkey in software: what a browser and its authenticator answer to a challenge, right or wrong as a test wants it."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftPasskey:
    """`is_verified` says whether the person showed it who they are; `counter` is what it says it has signed."""

    origin: str
    rp_id: str
    is_verified: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to a registration."""
        client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, options["challenge"], self.origin)
        credential = AttestedCredentialData.create(
            Aaguid.NONE,
            self.credential_id,
            ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call] # fido2's own gap
        )
        data = AuthenticatorData.create(self._rp_hash(), self._flags() | FLAG.AT, self.counter, bytes(credential))
        return self._answer(
            client, {"attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {})))}
        )

    def get(self, options: dict[str, Any]) -> str:
        """The answer to a proof."""
        self.counter += 1
        client = CollectedClientData.create(CollectedClientData.TYPE.GET, options["challenge"], self.origin)
        data = AuthenticatorData.create(self._rp_hash(), self._flags(), self.counter)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            client, {"authenticatorData": websafe_encode(bytes(data)), "signature": websafe_encode(signature)}
        )

    def _rp_hash(self) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest()

    def _flags(self) -> Any:
        return FLAG.UP | FLAG.UV if self.is_verified else FLAG.UP

    def _answer(self, client: CollectedClientData, response: dict[str, str]) -> str:
        own = websafe_encode(self.credential_id)
        response["clientDataJSON"] = websafe_encode(bytes(client))
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
