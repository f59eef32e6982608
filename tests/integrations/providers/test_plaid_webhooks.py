import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from integrations.providers.plaid_errors import ProviderDown, RequestRejected
from integrations.providers.plaid_messages import WebhookKey
from integrations.providers.plaid_webhooks import FETCHES_A_MINUTE, WebhookRefused, WebhookVerifier
from integrations.sandbox.plaid.signing import rotate_key
from tests.integrations.support import Sandbox, receiving

BODY = b'{\n  "webhook_type": "TRANSACTIONS",\n  "webhook_code": "SYNC_UPDATES_AVAILABLE",\n  "item_id": "item-1"\n}'
NOW = 1_790_000_000.0


class Cache(dict[str, Any]):
    """The four methods of Django's caches that are used."""

    def set(self, key: str, value: str, timeout: int) -> None:
        self[key] = value

    def add(self, key: str, value: int, timeout: int) -> None:
        self.setdefault(key, value)

    def incr(self, key: str) -> int:
        self[key] += 1
        return int(self[key])


class Issuer:
    """A key server with one key, and what signs with it."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.kid = "key-1"
        self.changes: dict[str, Any] = {}
        self.problem: Exception | None = None
        self.fetched: list[str] = []

    def fetch(self, key_id: str) -> WebhookKey:
        self.fetched.append(key_id)
        if self.problem is not None:
            raise self.problem
        if key_id != self.kid:
            raise RequestRejected("INVALID_WEBHOOK_VERIFICATION_KEY_ID")
        public = jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        known = {"alg": "ES256", "use": "sig", "kid": self.kid, "created_at": int(NOW), "expired_at": None}
        return WebhookKey(**{**{name: public[name] for name in ("kty", "crv", "x", "y")}, **known, **self.changes})

    def sign(self, body: bytes = BODY, *, key: Any = None, algorithm: str = "ES256", **changes: Any) -> str:
        kid = changes.pop("kid", self.kid)
        claims = {"iat": int(NOW), "request_body_sha256": hashlib.sha256(body).hexdigest(), **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, key or self.private, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> list[float]:
    return [NOW]


@pytest.fixture
def verifier(issuer: Issuer, clock: list[float]) -> WebhookVerifier:
    return WebhookVerifier(fetch_key=issuer.fetch, cache=Cache(), now=lambda: clock[0])


def refusal(verifier: WebhookVerifier, token: str | None, body: bytes = BODY) -> str:
    with pytest.raises(WebhookRefused) as caught:
        verifier.verify(token, body)
    return caught.value.reason


def test_a_true_webhook_is_read(verifier: WebhookVerifier, issuer: Issuer) -> None:
    webhook = verifier.verify(issuer.sign(), BODY)
    assert (webhook.webhook_type, webhook.webhook_code, webhook.item_id) == (
        "TRANSACTIONS",
        "SYNC_UPDATES_AVAILABLE",
        "item-1",
    )


@pytest.mark.parametrize(("age", "reason"), [(301, "too_old"), (86_400, "too_old"), (-31, "in_the_future")])
def test_one_of_another_time_is_refused(age: int, reason: str, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(iat=int(NOW) - age)) == reason


@pytest.mark.parametrize("age", [0, 299, 300, -29])
def test_one_of_the_last_five_minutes_is_accepted(age: int, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert verifier.verify(issuer.sign(iat=int(NOW) - age), BODY).item_id == "item-1"


@pytest.mark.parametrize("issued_at", ["now", True, [1], float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(issued_at: Any, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(iat=issued_at)) in {"malformed", "signature", "too_old", "in_the_future"}


def test_one_without_its_claims_is_refused(verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(iat=None)) == "signature"
    assert refusal(verifier, issuer.sign(request_body_sha256=None)) == "signature"


@pytest.mark.parametrize(
    "body", [BODY + b" ", BODY.replace(b"item-1", b"item-2"), b"", json.dumps(json.loads(BODY)).encode()]
)
def test_another_body_is_refused(body: bytes, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(), body) == "body"


@pytest.mark.parametrize("claimed", [7, "", "é", hashlib.sha256(BODY).hexdigest().upper(), "\ud800"])
def test_a_hash_that_is_none_is_refused(claimed: Any, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(request_body_sha256=claimed)) == "body"


def test_another_key_under_the_same_id_is_refused(verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(key=ec.generate_private_key(ec.SECP256R1()))) == "signature"


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_other_algorithms_are_refused(verifier: WebhookVerifier, issuer: Issuer) -> None:
    public = issuer.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = part({"iat": int(NOW), "request_body_sha256": hashlib.sha256(BODY).hexdigest()})
    forged = base64.urlsafe_b64encode(hashlib.sha256(public).digest()).rstrip(b"=").decode()
    rsa_key = rsa.generate_private_key(65537, 2048)
    for token in (
        f"{part({'alg': 'none', 'kid': issuer.kid})}.{claims}.",
        f"{part({'alg': 'HS256', 'kid': issuer.kid})}.{claims}.{forged}",
        f"{part({'alg': 'es256', 'kid': issuer.kid})}.{claims}.{forged}",
        f"{part({'kid': issuer.kid})}.{claims}.{forged}",
        issuer.sign(key=rsa_key, algorithm="RS256"),
        issuer.sign(key=ec.generate_private_key(ec.SECP384R1()), algorithm="ES384"),
    ):
        assert refusal(verifier, token) in {"algorithm", "malformed"}
    assert issuer.fetched == []


@pytest.mark.parametrize(
    "changes", [{"alg": "HS256"}, {"crv": "P-384"}, {"kty": "RSA"}, {"use": "enc"}, {"x": "AAAA"}, {"y": "?"}]
)
def test_a_key_of_another_kind_is_refused(changes: dict[str, str], verifier: WebhookVerifier, issuer: Issuer) -> None:
    issuer.changes = changes
    assert refusal(verifier, issuer.sign()) in {"algorithm", "signature"}


@pytest.mark.parametrize(
    "token",
    [
        *(None, "", "x", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", part([1]) + ".e30.e30", "a" * 5000),
        part({"alg": "ES256"}) + ".e30.e30",
        part({"alg": "ES256", "kid": 7}) + ".e30.e30",
        part({"alg": "ES256", "kid": "../../keys"}) + ".e30.e30",
        part({"alg": "ES256", "kid": "k" * 65}) + ".e30.e30",
        base64.urlsafe_b64encode(b"[" * 3000).decode() + ".e30.e30",
    ],
)
def test_what_is_no_token_is_refused(token: str | None, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, token) in {"no_token", "malformed", "algorithm"}
    assert issuer.fetched == []


def test_an_expired_key_is_refused(verifier: WebhookVerifier, issuer: Issuer) -> None:
    issuer.changes = {"expired_at": int(NOW) - 5}
    assert refusal(verifier, issuer.sign()) == "expired_key"
    assert refusal(verifier, issuer.sign()) == "expired_key"
    assert len(issuer.fetched) == 1


def test_a_key_is_fetched_once_an_hour(verifier: WebhookVerifier, issuer: Issuer, clock: list[float]) -> None:
    for _ in range(5):
        verifier.verify(issuer.sign(), BODY)
    assert issuer.fetched == ["key-1"]
    clock[0] += 3601
    verifier.verify(issuer.sign(iat=int(clock[0])), BODY)
    assert issuer.fetched == ["key-1", "key-1"]


def test_a_new_key_makes_the_old_ones_be_asked_for_again(verifier: WebhookVerifier, issuer: Issuer) -> None:
    old = issuer.sign()
    verifier.verify(old, BODY)
    issuer.kid = "key-2"
    verifier.verify(issuer.sign(), BODY)
    assert refusal(verifier, old) == "unknown_key"
    assert issuer.fetched == ["key-1", "key-2", "key-1"]


def test_unknown_key_ids_cannot_make_us_ask_without_end(
    verifier: WebhookVerifier, issuer: Issuer, clock: list[float]
) -> None:
    verifier.verify(issuer.sign(), BODY)
    reasons = [refusal(verifier, issuer.sign(kid=f"made-up-{number}")) for number in range(50)]
    assert len(issuer.fetched) == FETCHES_A_MINUTE
    assert reasons[-1] == "too_many_keys"
    # The key that is known goes on working meanwhile, and after a minute others are asked for again.
    assert verifier.verify(issuer.sign(), BODY).item_id == "item-1"
    clock[0] += 60
    assert refusal(verifier, issuer.sign(kid="made-up")) == "unknown_key"


def test_when_the_key_cannot_be_had_it_is_to_be_sent_again(verifier: WebhookVerifier, issuer: Issuer) -> None:
    issuer.problem = ProviderDown("outbound_timeout")
    with pytest.raises(WebhookRefused) as caught:
        verifier.verify(issuer.sign(), BODY)
    assert (caught.value.reason, caught.value.retry) == ("key_unavailable", True)
    issuer.problem = None
    assert verifier.verify(issuer.sign(), BODY).item_id == "item-1"


def test_the_key_of_another_id_is_not_taken(verifier: WebhookVerifier, issuer: Issuer) -> None:
    issuer.changes = {"kid": "key-9"}
    assert refusal(verifier, issuer.sign()) == "unknown_key"


def test_a_spoilt_cache_is_filled_again(issuer: Issuer) -> None:
    cache = Cache({"plaid.webhook_keys": "{not json"})
    verifier = WebhookVerifier(fetch_key=issuer.fetch, cache=cache, now=lambda: NOW)
    assert verifier.verify(issuer.sign(), BODY).item_id == "item-1"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"webhook_type": 1, "webhook_code": "A"}', b"[" * 9000])
def test_a_signed_body_that_is_no_webhook_is_refused(body: bytes, verifier: WebhookVerifier, issuer: Issuer) -> None:
    assert refusal(verifier, issuer.sign(body), body) == "content"


@pytest.mark.parametrize(
    ("error", "code"), [(None, ""), ({"error_code": "ITEM_LOCKED", "more": 1}, "ITEM_LOCKED"), ("A", "A")]
)
def test_an_error_may_be_an_object_a_text_or_null(
    error: Any, code: str, verifier: WebhookVerifier, issuer: Issuer
) -> None:
    body = json.dumps({"webhook_type": "ITEM", "webhook_code": "ERROR", "error": error, "unknown": []}).encode()
    assert verifier.verify(issuer.sign(body), body).error_code == code


# R83
def test_a_session_s_link_token_is_not_shown(verifier: WebhookVerifier, issuer: Issuer) -> None:
    body = json.dumps({"webhook_type": "LINK", "webhook_code": "SESSION_FINISHED", "link_token": "link-1"}).encode()
    webhook = verifier.verify(issuer.sign(body), body)
    assert webhook.link_token is not None
    assert webhook.link_token.reveal() == "link-1"
    assert "link-1" not in repr(webhook)


@pytest.fixture
def delivered(bank: Sandbox) -> Iterator[list[tuple[str, bytes]]]:
    with receiving() as receiver:
        bank.link(webhook=receiver.url)
        bank.deliver()
        yield receiver.received


def test_the_sandboxs_webhooks_are_verified_by_its_own_key_endpoint(
    bank: Sandbox, delivered: list[tuple[str, bytes]]
) -> None:
    verifier = WebhookVerifier(fetch_key=bank.client.get_webhook_key, cache=Cache())
    codes = [verifier.verify(token, body).webhook_code for token, body in delivered]
    assert codes == ["SESSION_FINISHED", "INITIAL_UPDATE", "HISTORICAL_UPDATE"]
    token, body = delivered[0]
    assert refusal(verifier, token, body + b"\n") == "body"
    assert refusal(WebhookVerifier(verifier.fetch_key, Cache(), lambda: time.time() + 320), token, body) == "too_old"


def test_after_a_rotation_the_old_key_is_expired(bank: Sandbox, delivered: list[tuple[str, bytes]]) -> None:
    token, body = delivered[0]
    rotate_key(bank.world)
    verifier = WebhookVerifier(fetch_key=bank.client.get_webhook_key, cache=Cache())
    assert refusal(verifier, token, body) == "expired_key"
