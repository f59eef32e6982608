"""Tokens: exchange of a code, refresh, and both of the addresses at which Zoho documents their revocation."""

import base64
import hashlib
import hmac
from urllib.parse import unquote

import msgspec

from integrations.sandbox.web import Handler, Request, Response, json_response
from integrations.sandbox.zoho import grants
from integrations.sandbox.zoho.consent import Asked
from integrations.sandbox.zoho.errors import oauth_error, too_many_requests
from integrations.sandbox.zoho.world import ZohoWorld


def build_oauth(world: ZohoWorld) -> list[tuple[str, str, Handler]]:
    """The routes of the accounts server, but for its page."""
    return [
        ("POST", "/zoho/oauth/v2/token", lambda request: _answer(world, request)),
        ("POST", "/zoho/oauth/v2/token/revoke", lambda request: _revoke(world, _given(request))),
        ("POST", "/zoho/oauth/v2/revoke/token", lambda request: _revoke_as_client(world, request)),
    ]


def _answer(world: ZohoWorld, request: Request) -> Response:
    given = _given(request)
    try:
        _check_client(world, given)
        if given.get("grant_type") == "authorization_code":
            return json_response(_exchange(world, given))
        if given.get("grant_type") == "refresh_token":
            access, scopes = grants.refresh_access(world, given.get("refresh_token", ""))
            return json_response(_tokens(world, access) | {"scope": scopes})
        raise grants.Refusal("unsupported_grant_type")
    except grants.Refusal as refusal:
        return oauth_error(refusal.word)
    except grants.TooMany:
        return too_many_requests()


def _exchange(world: ZohoWorld, given: dict[str, str]) -> dict[str, object]:
    row = grants.take_code(world, given.get("code", ""))
    asked = msgspec.json.decode(row["request"], type=Asked)
    if given.get("redirect_uri") != asked.redirect_uri:
        raise grants.Refusal("invalid_redirect_uri")
    if asked.client_id != given["client_id"] or not _is_proven(asked, given.get("code_verifier", "")):
        raise grants.Refusal("invalid_code")
    person, client = row["person"], asked.client_id
    offline = asked.access_type == "offline" and (
        asked.prompt == "consent" or not grants.has_grant(world, person, client)
    )
    refresh, access = grants.open_grant(world, row, client, offline=offline)
    more = {"refresh_token": refresh} if refresh else {}
    return {**_tokens(world, access), **more, "scope": row["scopes"]}


def _tokens(world: ZohoWorld, access: str) -> dict[str, object]:
    return {
        "access_token": access,
        "api_domain": world.root,
        "token_type": "Bearer",
        "expires_in": grants.ACCESS_SECONDS,
    }


def _is_proven(asked: Asked, verifier: str) -> bool:
    """Whether the one who exchanges is the one who asked (RFC 7636)."""
    if asked.code_challenge is None:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    given = verifier if asked.code_challenge_method != "S256" else base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(given.encode(), asked.code_challenge.encode())


def _check_client(world: ZohoWorld, given: dict[str, str]) -> None:
    if given.get("client_id") != world.zoho.client_id:
        raise grants.Refusal("invalid_client")
    if not hmac.compare_digest(given.get("client_secret", "").encode(), world.zoho.secret.encode()):
        raise grants.Refusal("invalid_client_secret")


def _revoke(world: ZohoWorld, given: dict[str, str]) -> Response:
    if grants.revoke(world, given.get("token", "")):
        return json_response({"status": "success"})
    return oauth_error("invalid_code")


def _revoke_as_client(world: ZohoWorld, request: Request) -> Response:
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(told).decode().partition(":")
    except ValueError:
        name, secret = "", ""
    try:
        _check_client(
            world, {"client_id": unquote(name), "client_secret": unquote(secret)} if scheme == "Basic" else {}
        )
    except grants.Refusal as refusal:
        return oauth_error(refusal.word)
    return _revoke(world, _given(request))


def _given(request: Request) -> dict[str, str]:
    """Parameters may come in the address or as a form; the form counts."""
    return {name: values[0] for name, values in {**request.query, **request.form()}.items()}
