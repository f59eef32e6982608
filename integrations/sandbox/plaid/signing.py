"""The key that signs webhooks, and its public half."""

import hashlib
import time
import uuid

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.sandbox.plaid.faults import Fault
from integrations.sandbox.plaid.world import World


def sign(world: World, body: bytes, *, skew: float = 0.0) -> str:
    """A JWT for the header Plaid-Verification: ES256, issued now by a clock off by `skew` seconds, with the body's SHA-256."""
    kid, pem = _current_key(world)
    claims = {"iat": int(time.time() + skew), "request_body_sha256": hashlib.sha256(body).hexdigest()}
    return jwt.encode(claims, pem, algorithm="ES256", headers={"kid": kid})


def public_key(world: World, kid: str) -> dict[str, object]:
    """The public key as Plaid's JWKPublicKey."""
    row = world.store.one("SELECT * FROM signing_key WHERE kid = ?", kid)
    if row is None:
        raise Fault("INVALID_WEBHOOK_VERIFICATION_KEY_ID")
    private = serialization.load_pem_private_key(row["pem"].encode(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key of an elliptic curve")
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    expired_at = row["expired_at"]
    return {
        **{name: jwk[name] for name in ("kty", "crv", "x", "y")},
        "alg": "ES256",
        "use": "sig",
        "kid": kid,
        "created_at": int(row["created_at"]),
        "expired_at": int(expired_at) if expired_at is not None else None,
    }


def rotate_key(world: World) -> str:
    """Ends the current key and begins a new one; returns its id."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid, now = str(uuid.uuid4()), world.now()
    with world.store.writing():
        world.store.run("UPDATE signing_key SET expired_at = ? WHERE expired_at IS NULL", now)
        world.store.run("INSERT INTO signing_key VALUES (?, ?, ?, NULL)", kid, pem.decode(), now)
    return kid


def _current_key(world: World) -> tuple[str, str]:
    with world.store.writing():
        row = world.store.one("SELECT kid, pem FROM signing_key WHERE expired_at IS NULL")
        if row is None:
            rotate_key(world)
            row = world.store.one("SELECT kid, pem FROM signing_key WHERE expired_at IS NULL")
    if row is None:
        raise LookupError("no signing key")
    return row["kid"], row["pem"]
