"""Verifies Plaid's webhooks: a JWT in the header Plaid-Verification signs the hash of the raw body.

ES256 only, key fetched by its id and kept an hour, no older than five minutes, hashes compared in constant time.
A webhook is a hint and nothing more: what it says is asked for again through the client.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import jwt
import msgspec

from integrations.providers.plaid_errors import PlaidProblem, RequestRejected
from integrations.providers.plaid_messages import WebhookKey
from integrations.providers.secret import Secret

HEADER = "Plaid-Verification"
MAX_AGE = 300
MAX_AHEAD = 30
KEY_SECONDS = 3600
# A known key that cannot be asked for again is good for this long, or strangers with made-up keys could stop all news.
LONGEST_KEY_SECONDS = 24 * 3600
FETCHES_A_MINUTE = 10
LONGEST_TOKEN = 4096
KEYS_ENTRY = "plaid.webhook_keys"
FETCHES_ENTRY = "plaid.webhook_key_fetches"

Reason = Literal[
    "no_token",
    "malformed",
    "algorithm",
    "unknown_key",
    "expired_key",
    "signature",
    "too_old",
    "in_the_future",
    "body",
    "content",
    "key_unavailable",
    "too_many_keys",
]

# Deep nesting gives RecursionError, a point that is not on the curve ValueError.
UNREADABLE = (jwt.PyJWTError, msgspec.MsgspecError, ValueError, TypeError, RecursionError)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class WebhookRefused(Exception):
    """The webhook is not shown to be Plaid's. `retry`: it may be; answer 503, so that it is delivered again."""

    def __init__(self, reason: Reason) -> None:
        super().__init__("The webhook could not be verified.")
        self.reason = reason
        self.retry = reason in ("key_unavailable", "too_many_keys")


class KeyCache(Protocol):
    """What is needed of a cache that all processes share; Django's caches are such."""

    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: str, timeout: int) -> object: ...
    def add(self, key: str, value: int, timeout: int) -> object: ...
    def incr(self, key: str) -> int: ...


class _Error(msgspec.Struct, frozen=True, kw_only=True):
    error_code: str = ""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A verified webhook. Unknown types and codes are ordinary: answer them with 200 and do nothing."""

    webhook_type: str
    webhook_code: str
    item_id: str | None = None
    error: _Error | str | None = None
    link_token: Secret | None = None
    link_session_id: str | None = None
    status: str | None = None
    initial_update_complete: bool | None = None
    historical_update_complete: bool | None = None

    @property
    def error_code(self) -> str:
        return self.error.error_code if isinstance(self.error, _Error) else (self.error or "")


class _KeptKey(msgspec.Struct, frozen=True):
    key: WebhookKey
    fetched_at: float


@dataclass(frozen=True, slots=True)
class WebhookVerifier:
    """`fetch_key` is PlaidClient.get_webhook_key; `now` gives Unix time in seconds."""

    fetch_key: Callable[[str], WebhookKey]
    cache: KeyCache
    now: Callable[[], float] = time.time

    def verify(self, token: str | None, body: bytes) -> Webhook:
        """The webhook in `body`, the raw bytes of the request, signed by `token`. Raises WebhookRefused alone."""
        key = self._find_key(_key_id(token))
        claims = _read_claims(token or "", key)
        self._check_age(claims.get("iat"))
        _check_body(claims.get("request_body_sha256"), body)
        return _read_webhook(body)

    def _check_age(self, issued_at: object) -> None:
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            raise WebhookRefused("malformed")
        age = self.now() - issued_at
        if not age <= MAX_AGE:
            raise WebhookRefused("too_old")
        if age < -MAX_AHEAD:
            raise WebhookRefused("in_the_future")

    def _find_key(self, key_id: str) -> WebhookKey:
        kept = self._load()
        found = kept.get(key_id)
        if found is None or self.now() - found.fetched_at > KEY_SECONDS:
            found = self._fetch_again(key_id, found)
            if found.key.expired_at is None:
                # A new key may mean that the others have ended: they are asked for again when they are next used.
                kept = {known: key for known, key in kept.items() if key.key.expired_at is not None}
            kept[key_id] = found
            self.cache.set(KEYS_ENTRY, msgspec.json.encode(kept).decode(), LONGEST_KEY_SECONDS)
        if found.key.expired_at is not None:
            raise WebhookRefused("expired_key")
        return found.key

    def _fetch_again(self, key_id: str, kept: _KeptKey | None) -> _KeptKey:
        try:
            return self._fetch(key_id)
        except WebhookRefused as refused:
            if kept is None or not refused.retry or self.now() - kept.fetched_at > LONGEST_KEY_SECONDS:
                raise
            return kept

    def _load(self) -> dict[str, _KeptKey]:
        try:
            return msgspec.json.decode(self.cache.get(KEYS_ENTRY) or "{}", type=dict[str, _KeptKey])
        except msgspec.MsgspecError:
            return {}

    def _fetch(self, key_id: str) -> _KeptKey:
        """Anyone can send an unknown key id, so asking Plaid for them is bounded for all processes together."""
        counter = f"{FETCHES_ENTRY}.{int(self.now() // 60)}"
        self.cache.add(counter, 0, 120)
        if self.cache.incr(counter) > FETCHES_A_MINUTE:
            raise WebhookRefused("too_many_keys")
        reason: Reason
        try:
            key = self.fetch_key(key_id)
            if key.kid == key_id:
                return _KeptKey(key, self.now())
            reason = "unknown_key"
        except RequestRejected:
            reason = "unknown_key"
        except PlaidProblem:
            reason = "key_unavailable"
        raise WebhookRefused(reason)


def _key_id(token: str | None) -> str:
    if not token:
        raise WebhookRefused("no_token")
    header = _read_header(token)
    if header.get("alg") != "ES256":
        raise WebhookRefused("algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise WebhookRefused("malformed")
    return key_id


def _read_header(token: str) -> dict[str, Any]:
    if len(token) <= LONGEST_TOKEN and token.isascii():
        try:
            return jwt.get_unverified_header(token)
        except UNREADABLE:
            pass
    raise WebhookRefused("malformed")


def _read_claims(token: str, key: WebhookKey) -> dict[str, Any]:
    if (key.alg, key.crv, key.kty, key.use) != ("ES256", "P-256", "EC", "sig"):
        raise WebhookRefused("algorithm")
    jwk = {"kty": key.kty, "crv": key.crv, "x": key.x, "y": key.y}
    # PyJWT does not look at the age of `iat`, and refuses one that is a second ahead: both are checked above.
    options: Any = {"verify_iat": False, "require": ["iat", "request_body_sha256"]}
    try:
        return jwt.decode(token, jwt.PyJWK(jwk, algorithm="ES256"), algorithms=["ES256"], options=options)
    except UNREADABLE:
        pass
    raise WebhookRefused("signature")


def _check_body(claimed: object, body: bytes) -> None:
    actual = hashlib.sha256(body).hexdigest()
    if (
        not isinstance(claimed, str)
        or not claimed.isascii()
        or not hmac.compare_digest(claimed.encode(), actual.encode())
    ):
        raise WebhookRefused("body")


def _read_webhook(body: bytes) -> Webhook:
    try:
        return msgspec.json.decode(body, type=Webhook, dec_hook=_wrap)
    except UNREADABLE:
        pass
    raise WebhookRefused("content")


def _wrap(kind: type, value: object) -> Secret:
    if kind is not Secret or not isinstance(value, str):
        raise TypeError("a token must be text")
    return Secret(value)
