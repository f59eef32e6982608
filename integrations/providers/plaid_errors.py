"""What can go wrong with Plaid, by what to do about it.

Only the error code and the request id are kept, both checked to be plain identifiers: Plaid's own texts stay out of
exceptions, logs and pages.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,80}")

LONGEST_WAIT = 4 * 3600


class PlaidProblem(Exception):
    """The base of them all; `str` is a sentence for a person who waits for the answer. Of runs `problems` speaks."""

    sentence = "The bank connection could not be used. Try again in a few minutes."

    def __init__(self, error_code: str = "", request_id: str = "") -> None:
        super().__init__(self.sentence)
        self.error_code = _identifier(error_code)
        self.request_id = _identifier(request_id)


class NeedsReauth(PlaidProblem):
    """The person has to sign in at the bank again (Link's update mode)."""

    sentence = "The bank asks you to sign in again."


class ItemGone(PlaidProblem):
    """The item or its token has ended for good; only a new link helps."""

    sentence = "The bank no longer gives access. Connect it again."


class RateLimited(PlaidProblem):
    """Too many calls. `retry_after` is in seconds, None where Plaid did not say."""

    sentence = "The bank connection is busy. Try again in a few minutes."

    def __init__(self, error_code: str = "", request_id: str = "", retry_after: int | None = None) -> None:
        super().__init__(error_code, request_id)
        self.retry_after = retry_after


class ProviderDown(PlaidProblem):
    """Plaid or the bank does not answer for now, or did not in time."""

    sentence = "The bank cannot be reached at the moment. Try again in a few minutes."


class NotReady(PlaidProblem):
    """Plaid is still gathering the first data of the item."""

    sentence = "The bank is still preparing the data. Try again in a few minutes."


class BadAnswer(PlaidProblem):
    """The answer is not what Plaid documents: not JSON, cut, too large, a field missing or of another type."""

    sentence = "The bank gave an answer that could not be understood. Try again in a few minutes."


class Misconfigured(PlaidProblem):
    """Plaid does not accept this installation's keys, environment or products."""

    sentence = "Our access to banks is not set up correctly. This is on our side; please tell our support."


class RequestRejected(PlaidProblem):
    """Plaid found the request itself wrong, such as an expired public token, link token or key id."""

    sentence = "The bank did not accept what we asked. Start again, and if it happens again, tell our support."


class MutationDuringPagination(PlaidProblem):
    """The data changed between two pages: drop what was read and start again at the run's first cursor."""

    sentence = "The bank's data changed while it was read. Try again in a few minutes."


class _Body(msgspec.Struct, frozen=True):
    error_type: str = ""
    error_code: str = ""
    request_id: str | None = None


_decode_body = msgspec.json.Decoder(_Body).decode

_BY_CODE: dict[str, type[PlaidProblem]] = {
    **dict.fromkeys(
        (
            *("ITEM_LOGIN_REQUIRED", "ITEM_LOCKED", "INVALID_CREDENTIALS", "INVALID_MFA", "INSUFFICIENT_CREDENTIALS"),
            *("USER_SETUP_REQUIRED", "USER_INPUT_TIMEOUT", "MFA_NOT_SUPPORTED", "INVALID_SEND_METHOD"),
            *("ACCESS_NOT_GRANTED", "NO_ACCOUNTS", "PENDING_EXPIRATION", "PENDING_DISCONNECT"),
        ),
        NeedsReauth,
    ),
    **dict.fromkeys(
        ("ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN", "ITEM_NOT_SUPPORTED", "USER_PERMISSION_REVOKED"), ItemGone
    ),
    **dict.fromkeys(
        (
            *("INVALID_API_KEYS", "UNAUTHORIZED_ENVIRONMENT", "UNAUTHORIZED_ROUTE_ACCESS", "INVALID_PRODUCT"),
            *("PRODUCTS_NOT_SUPPORTED", "PRODUCT_NOT_ENABLED", "ADDITIONAL_CONSENT_REQUIRED"),
        ),
        Misconfigured,
    ),
    **dict.fromkeys(
        ("INSTITUTION_DOWN", "INSTITUTION_NOT_RESPONDING", "INTERNAL_SERVER_ERROR", "PLANNED_MAINTENANCE"), ProviderDown
    ),
    "PRODUCT_NOT_READY": NotReady,
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION": MutationDuringPagination,
}

_BY_TYPE: dict[str, type[PlaidProblem]] = {
    "RATE_LIMIT_EXCEEDED": RateLimited,
    "INSTITUTION_ERROR": ProviderDown,
    "API_ERROR": ProviderDown,
    "ITEM_ERROR": NeedsReauth,
    "OAUTH_ERROR": NeedsReauth,
    "INVALID_REQUEST": RequestRejected,
    "INVALID_INPUT": RequestRejected,
    "INVALID_RESULT": RequestRejected,
}


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> PlaidProblem:
    """The problem that an answer other than 200 tells of. `headers` have lower-case names."""
    try:
        error = _decode_body(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        error = _Body()
    request_id = error.request_id or ""
    kind = _BY_CODE.get(error.error_code) or _BY_TYPE.get(error.error_type) or _by_status(status)
    if status == 429 or kind is RateLimited:
        return RateLimited(error.error_code, request_id, _retry_after(headers))
    return kind(error.error_code, request_id)


def problem_of_item(error_type: str, error_code: str) -> PlaidProblem:
    """The problem that an item's `error` names. One that nobody knows is a person's to look at."""
    kind = _BY_CODE.get(error_code) or _BY_TYPE.get(error_type, NeedsReauth)
    return kind(error_code)


def _by_status(status: int) -> type[PlaidProblem]:
    return ProviderDown if status >= 500 else BadAnswer


def _retry_after(headers: Mapping[str, str]) -> int | None:
    given = headers.get("retry-after", "")
    return min(int(given), LONGEST_WAIT) if given.isascii() and given.isdigit() and len(given) < 8 else None


def _identifier(given: Any) -> str:
    return given if isinstance(given, str) and _IDENTIFIER.fullmatch(given) else ""
