"""Zoho Books' data: one organisation, read-only. Every call is a GET to an address of the list below.

The header is Zoho's own ("Zoho-oauthtoken"), the organisation is named in each call, and amounts arrive exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from config.outbound import AllowList, Bounds, Headers, OutboundFailed, OutboundRefused, OutboundSession, Reply, Route
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import (
    BadAnswer,
    DayLimit,
    Down,
    MinuteLimit,
    NotAMember,
    NotThere,
    RequestRejected,
    TokenRejected,
    TooManyAtOnce,
    ZohoProblem,
)
from integrations.providers.zoho_oauth import allow_origin, outbound_problem
from integrations.providers.zoho_places import Place, origin_of

ORGANIZATIONS = "/organizations"
PATHS = (
    ORGANIZATIONS,
    "/chartofaccounts",
    "/chartofaccounts/transactions",
    "/contacts",
    "/invoices",
    "/bills",
    "/customerpayments",
    "/vendorpayments",
    "/creditnotes",
    "/expenses",
    "/bankaccounts",
    "/banktransactions",
    "/journals",
)
STEADY = Bounds(connect=5, read=30, total=45)

# Zoho's codes in the envelope, whatever the HTTP status.
_BY_CODE: dict[int, type[ZohoProblem]] = {
    14: TokenRejected,
    57: TokenRejected,
    44: MinuteLimit,
    45: DayLimit,
    1070: TooManyAtOnce,
    1002: NotThere,
    6041: NotAMember,
}

# No amount of money needs more digits; what has them would cost memory to look at.
MOST_DIGITS = 40


def _exact(number: str) -> Decimal:
    exact = Decimal(number)
    if abs(exact.adjusted()) > MOST_DIGITS:
        raise ArithmeticError
    return exact


_decode = msgspec.json.Decoder(dict[str, Any], float_hook=_exact).decode


@dataclass(frozen=True, slots=True)
class Answer:
    """What Zoho answered: whole, its code 0. The day's calls of the organisation as Zoho counts them, where it said:
    `limit` in all, `remaining` of them, `reset` in seconds until they are counted anew.
    """

    json: dict[str, Any] = field(repr=False)
    remaining: int | None = None
    reset: int | None = None
    limit: int | None = None


def allow_data(place: Place, *, production: bool) -> AllowList:
    """The outbound allow-list for the data of a place: reading, and nothing else."""
    base = place.api_url.removeprefix(origin_of(place.api_url))
    routes = frozenset(Route("GET", base + path) for path in PATHS)
    return allow_origin(place.api_url, routes, is_sandbox=place.is_sandbox, production=production)


class ZohoClient:
    """Reads one organisation, or, with None, what belongs to no organisation: their list."""

    def __init__(self, session: OutboundSession, place: Place, organization_id: str | None) -> None:
        self._session = session
        self._place = place
        self._organization_id = organization_id

    def get(self, path: str, params: Mapping[str, str], token: Secret) -> Answer:
        """One answer of one of PATHS. Raises a ZohoProblem."""
        own = {"organization_id": self._organization_id} if self._organization_id else {}
        reply = self._ask(path, {**params, **own}, token)
        if isinstance(reply, ZohoProblem):
            raise reply
        return _answer(reply)

    def _ask(self, path: str, params: Mapping[str, str], token: Secret) -> Reply | ZohoProblem:
        headers = Headers({"Authorization": f"Zoho-oauthtoken {token.reveal()}", "Accept": "application/json"})
        try:
            return self._session.get(self._place.api_url + path, params, headers, STEADY)
        except (OutboundRefused, OutboundFailed) as failure:
            return outbound_problem(failure)


def _answer(reply: Reply) -> Answer:
    found = _read(reply.body)
    code = found.get("code") if found else None
    if found is not None and code == 0 and reply.status < 400:
        headers = reply.headers
        return Answer(
            found,
            remaining=_number(headers, "x-rate-limit-remaining"),
            reset=_number(headers, "x-rate-limit-reset"),
            limit=_number(headers, "x-rate-limit-limit"),
        )
    raise _problem(reply, code if isinstance(code, int) else None)


def _problem(reply: Reply, code: int | None) -> ZohoProblem:
    error_code = str(reply.status if code is None else code)
    kind = _BY_CODE.get(code) if code is not None else None
    if kind is None:
        kind = _by_status(reply.status, has_code=bool(code))
    # The reset that Zoho tells is the day's.
    wait = _number(reply.headers, "retry-after")
    if kind is DayLimit:
        wait = _number(reply.headers, "x-rate-limit-reset") or wait
    return kind(error_code, wait)


def _by_status(status: int, *, has_code: bool) -> type[ZohoProblem]:
    if status >= 500:
        return Down
    if status == 429:
        return MinuteLimit
    if status == 401:
        return TokenRejected
    if status == 404:
        return NotThere
    return RequestRejected if has_code else BadAnswer


def _read(body: bytes) -> dict[str, Any] | None:
    """None for what does not fit: the decoder's message could quote the answer, so it goes no further."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError):
        return None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    given = headers.get(name, "").strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else None
