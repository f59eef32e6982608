"""Whether a delivery is Stripe's: its signature, its age, and that it is an event at all.

The signature is over the raw body and the moment in the header. Several may stand there, and several secrets may be ours,
while one is being replaced. A moment too far away on either side is refused, so that nothing can be kept and sent later.
"""

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256

import msgspec

HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300
MOST_SIGNATURES = 10
SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


class NotStripes(Exception):
    """The delivery is not to be believed; `reason` is a word for the record."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The delivery was not believed: {reason}.")
        self.reason = reason


class Envelope(msgspec.Struct):
    """An event, with what it is about still closed."""

    id: str
    object: str
    type: str
    data: msgspec.Raw


def read_event(body: bytes, header: str | None, *, secrets: Iterable[str], now: float) -> Envelope:
    """The event in a delivery; `now` in Unix seconds. Raises NotStripes."""
    check_signature(body, header, secrets=secrets, now=now)
    envelope = None
    try:
        body.decode()
        envelope = msgspec.json.decode(body, type=Envelope)
    except (UnicodeDecodeError, msgspec.MsgspecError):
        pass
    if envelope is None or envelope.object != "event" or not envelope.id:
        raise NotStripes("content")
    return envelope


def check_signature(body: bytes, header: str | None, *, secrets: Iterable[str], now: float) -> None:
    """Raises NotStripes unless one of the header's signatures is by one of the secrets, and of these minutes."""
    if not header:
        raise NotStripes("no_signature")
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    given = [value.encode() for name, _, value in parts if name == "v1"][:MOST_SIGNATURES]
    if len(moments) != 1 or not SECONDS.fullmatch(moments[0]) or not given:
        raise NotStripes("malformed")
    signed = moments[0].encode() + b"." + body
    expected = [hmac.digest(secret.encode(), signed, sha256).hex().encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in given for other in expected):
        raise NotStripes("signature")
    age = now - int(moments[0])
    if age > TOLERANCE_SECONDS:
        raise NotStripes("too_old")
    if age < -TOLERANCE_SECONDS:
        raise NotStripes("in_future")
