"""The way to a grant and its tokens: OAuth 2 with PKCE through requests-oauthlib, on the outbound session.

The library insists on https, so it is told the made-up host of ACCOUNTS; the adapter sends every call to the accounts
server of the grant's place, and whether that may be plain http is the outbound session's rule: a sandbox alone.

The library is loaded by whoever first needs it: few of a web server's processes ever do, and it takes six megabytes.
"""

import logging
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from config.env import Zoho
from config.outbound import AllowList, Bounds, Headers, OutboundFailed, OutboundRefused, OutboundSession, Reply, Route
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import (
    BadAnswer,
    Down,
    GrantDenied,
    Misconfigured,
    Throttled,
    ZohoProblem,
)
from integrations.providers.zoho_places import Place, origin_of

if TYPE_CHECKING:
    from requests_oauthlib import OAuth2Session

# A host that exists nowhere: a call that went past the adapter would reach nobody.
ACCOUNTS = "https://accounts.invalid"
AUTHORISE, TOKEN = "/oauth/v2/auth", "/oauth/v2/token"
# Zoho documents both addresses, on different pages.
REVOKE, REVOKE_ELSEWHERE = "/oauth/v2/token/revoke", "/oauth/v2/revoke/token"
QUICK = Bounds(connect=3, read=8, total=10)

VERIFIER_CHARACTERS = 64
LONGEST_LIFE = 3600

# The debug lines of both hold requests and answers, tokens and all.
for _name in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_BY_ERROR: dict[str, type[ZohoProblem]] = {
    **dict.fromkeys(("invalid_code", "invalid_grant"), GrantDenied),
    **dict.fromkeys(
        ("invalid_client", "invalid_client_secret", "invalid_redirect_uri", "unauthorized_client", "invalid_scope"),
        Misconfigured,
    ),
    # As Zoho words it to whoever asks for tokens too often; it says nothing about the grant.
    "access_denied": Throttled,
    **dict.fromkeys(("server_error", "temporarily_unavailable", "general_error", "internal_error"), Down),
}
# What a token that has ended before is called when it is to be revoked.
_ENDED = ("invalid_code", "invalid_grant", "invalid_token")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Zoho gave. `expires_in` is in seconds; `refresh_token` is there after an exchange, `scopes` where Zoho named them."""

    access_token: Secret
    refresh_token: Secret | None
    expires_in: int
    scopes: frozenset[str] | None


def allow_oauth(place: Place, *, production: bool) -> AllowList:
    """The outbound allow-list for the accounts server of a place."""
    base = place.accounts_url.removeprefix(place.accounts_origin)
    routes = frozenset(Route("POST", base + path) for path in (TOKEN, REVOKE, REVOKE_ELSEWHERE))
    return allow_origin(place.accounts_url, routes, is_sandbox=place.is_sandbox, production=production)


def allow_origin(url: str, routes: frozenset[Route], *, is_sandbox: bool, production: bool) -> AllowList:
    """Those routes at the origin of `url` alone."""
    origin = frozenset({origin_of(url)})
    if is_sandbox:
        return AllowList(routes=routes, sandboxes=origin, production=production)
    return AllowList(routes=routes, origins=origin, production=production)


def new_verifier() -> Secret:
    """A PKCE verifier; its hash goes with the person, and itself with the exchange."""
    from oauthlib.oauth2 import WebApplicationClient

    return Secret(WebApplicationClient("").create_code_verifier(VERIFIER_CHARACTERS))


def consent_url(
    place: Place, access: Zoho, *, redirect_uri: str, scopes: tuple[str, ...], state: str, verifier: Secret
) -> str:
    """Where to send a person, who is asked anew each time, so that there is a refresh token each time."""
    from oauthlib.oauth2 import WebApplicationClient
    from requests_oauthlib import OAuth2Session

    client = WebApplicationClient(access.client_id)
    # One string with commas, as Zoho wants it: a list would be joined with spaces.
    session = OAuth2Session(client=client, redirect_uri=redirect_uri, scope=",".join(scopes))
    url, _ = session.authorization_url(
        ACCOUNTS + AUTHORISE,
        state=state,
        code_challenge=client.create_code_challenge(verifier.reveal(), "S256"),
        code_challenge_method="S256",
        access_type="offline",
        prompt="consent",
    )
    return place.accounts_url + str(url).removeprefix(ACCOUNTS)


class ZohoOAuth:
    """Tokens of one place. Each method is one call and raises a ZohoProblem (zoho_errors) when it does not succeed."""

    def __init__(self, session: OutboundSession, place: Place, access: Zoho) -> None:
        self._session = session
        self._place = place
        self._access = access

    def exchange(self, code: Secret, *, verifier: Secret, redirect_uri: str) -> Tokens:
        """Trades a code (valid for a minute, once) for tokens. GrantDenied: it was no good, or no longer."""
        library = self._library(redirect_uri)
        return self._ask(
            lambda: library.fetch_token(
                ACCOUNTS + TOKEN,
                code=code.reveal(),
                code_verifier=verifier.reveal(),
                include_client_id=True,
                client_secret=self._access.client_secret,
            )
        )

    def refresh(self, refresh_token: Secret) -> Tokens:
        """A new access token. GrantDenied: a person has ended the grant, or it was pushed out by newer ones."""
        library = self._library()
        return self._ask(
            lambda: library.refresh_token(
                ACCOUNTS + TOKEN,
                refresh_token=refresh_token.reveal(),
                client_id=self._access.client_id,
                client_secret=self._access.client_secret,
            )
        )

    def revoke(self, token: Secret) -> None:
        """Ends a refresh token and all that came of it. Quiet when it has ended before."""
        if not self._revoke_at(REVOKE, token) and not self._revoke_at(REVOKE_ELSEWHERE, token):
            raise BadAnswer

    def _revoke_at(self, path: str, token: Secret) -> bool:
        """False when that address does not know how. Raises Throttled, Down, Misconfigured."""
        answer = self._post(path, {"token": token.reveal(), "token_type_hint": "refresh_token"})
        if isinstance(answer, ZohoProblem):
            raise answer
        facts = _read_object(answer.body)
        if _error_of(facts) in _ENDED:
            return True
        problem = _problem_in(answer.status, facts)
        if isinstance(problem, Throttled | Down | Misconfigured):
            raise problem
        return problem is None and (facts or {}).get("status") == "success"

    def _post(self, path: str, form: dict[str, str]) -> Reply | ZohoProblem:
        client = f"{self._access.client_id}:{self._access.client_secret}".encode()
        headers = Headers({"Authorization": f"Basic {b64encode(client).decode()}"})
        body = urlencode(form).encode()
        try:
            return self._session.post_form(self._place.accounts_url + path, body, headers, QUICK)
        except (OutboundRefused, OutboundFailed) as failure:
            return outbound_problem(failure)

    def _library(self, redirect_uri: str | None = None) -> "OAuth2Session":
        from requests_oauthlib import OAuth2Session

        from config.outbound_adapter import OutboundAdapter, outbound_only

        # Without a scope: the library would raise where what is granted differs in as little as a comma.
        library = OAuth2Session(client_id=self._access.client_id, redirect_uri=redirect_uri)
        outbound_only(library, OutboundAdapter(self._session, self._place.accounts_url, QUICK))
        for hook in ("access_token_response", "refresh_token_response"):
            library.compliance_hook[hook].add(_check)
        return library

    def _ask(self, call: Callable[[], Any]) -> Tokens:
        """Errors are raised anew, so that none drags the library's, with an answer in reach, behind it."""
        from oauthlib.oauth2 import OAuth2Error

        problem: ZohoProblem
        try:
            return _tokens(call())
        except ZohoProblem as found:
            problem = found
        except (OutboundRefused, OutboundFailed) as failure:
            problem = outbound_problem(failure)
        except (OAuth2Error, ValueError, TypeError, AttributeError, RecursionError):
            problem = BadAnswer()
        raise problem.with_traceback(None) from None


def outbound_problem(failure: OutboundRefused | OutboundFailed) -> ZohoProblem:
    """What a call that did not go through means."""
    if isinstance(failure, OutboundRefused):
        return Misconfigured("outbound_refused")
    kind = Down if failure.kind in ("timeout", "connection") else BadAnswer
    return kind(f"outbound_{failure.kind}")


def _check(response: Any) -> Any:
    """Tell what went wrong before the library reads the answer: Zoho's errors come with status 200 as well."""
    problem = _problem_in(response.status_code, _read_object(response.content))
    if problem is not None:
        raise problem
    return response


def _problem_in(status: int, facts: dict[str, Any] | None) -> ZohoProblem | None:
    if status >= 500:
        return Down(str(status))
    error = _error_of(facts)
    if status == 429 or "too many requests" in str((facts or {}).get("error_description", "")):
        return Throttled(error)
    if error:
        return _BY_ERROR.get(error, BadAnswer)(error)
    return None if facts is not None and status == 200 else BadAnswer(str(status))


def _error_of(facts: dict[str, Any] | None) -> str:
    return str((facts or {}).get("error", "")).strip().lower().replace(" ", "_")


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _tokens(given: dict[str, Any]) -> Tokens:
    access, refresh = given["access_token"], given.get("refresh_token")
    if not _is_token(access) or not (refresh is None or _is_token(refresh)):
        raise BadAnswer
    scopes = given.get("scope")
    return Tokens(
        access_token=Secret(access),
        refresh_token=Secret(refresh) if refresh else None,
        expires_in=_life(given.get("expires_in")),
        scopes=frozenset(",".join(map(str, scopes)).replace(" ", ",").split(",")) - {""} if scopes else None,
    )


def _is_token(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000 and value.isascii() and value.isprintable()


def _life(given: object) -> int:
    # Some of Zoho's services have told milliseconds; none gives more than an hour.
    return max(0, min(given, LONGEST_LIFE)) if isinstance(given, int) else LONGEST_LIFE
