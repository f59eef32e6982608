"""How a message to an endpoint is signed: HMAC-SHA256 over its time, a dot and its body, once with each valid secret.

`Counterfoil-Signature: t=<Unix seconds>,v1=<hex>[,v1=<hex>]`. A receiver needs one that fits, and an hour that is now.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from integrations.providers.secret import Secret

HEADER = "Counterfoil-Signature"
EVENT_HEADER = "Counterfoil-Event"


def sign_message(body: bytes, secrets: Iterable[Secret], *, at: int) -> str:
    """The header's value. `at` is Unix time."""
    signed = f"{at}.".encode() + body
    signatures = (hmac.new(secret.reveal().encode(), signed, sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={signature}" for signature in signatures)])
