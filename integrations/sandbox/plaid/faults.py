"""Plaid's error answers."""

from dataclasses import dataclass

DOCS = "https://plaid.com/docs/errors/"


@dataclass(frozen=True, slots=True)
class Kind:
    error_type: str
    message: str
    display: str | None = None
    status: int = 400


KINDS = {
    "INVALID_BODY": Kind("INVALID_REQUEST", "request body must be a JSON object"),
    "INVALID_HEADERS": Kind("INVALID_REQUEST", "the content type must be application/json"),
    "MISSING_FIELDS": Kind("INVALID_REQUEST", "a required field is missing"),
    "UNKNOWN_FIELDS": Kind("INVALID_REQUEST", "the request has a field that is not known"),
    "INVALID_FIELD": Kind("INVALID_REQUEST", "a field has a value that is not allowed"),
    "NOT_FOUND": Kind("INVALID_REQUEST", "there is no such endpoint", status=404),
    "INVALID_API_KEYS": Kind("INVALID_INPUT", "invalid client_id or secret provided"),
    "INVALID_INSTITUTION": Kind("INVALID_INPUT", "invalid institution_id provided"),
    "INVALID_ACCESS_TOKEN": Kind("INVALID_INPUT", "could not find matching access token"),
    "INVALID_PUBLIC_TOKEN": Kind("INVALID_INPUT", "provided public token is expired, used or unknown"),
    "INVALID_LINK_TOKEN": Kind("INVALID_INPUT", "provided link token is expired or unknown"),
    "INVALID_ACCOUNT_ID": Kind("INVALID_INPUT", "one of the accounts is not part of the item"),
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID": Kind("INVALID_INPUT", "invalid key_id provided"),
    "ITEM_NOT_FOUND": Kind("ITEM_ERROR", "the item was removed"),
    "ITEM_LOGIN_REQUIRED": Kind(
        "ITEM_ERROR",
        "the login details of this item have changed",
        "Your account connection needs an update. Please sign in again.",
    ),
    "INSTITUTION_NO_LONGER_SUPPORTED": Kind("INSTITUTION_ERROR", "this institution is no longer there"),
    "SANDBOX_WEBHOOK_INVALID": Kind("SANDBOX_ERROR", "the webhook cannot be fired for this item"),
    "INTERNAL_SERVER_ERROR": Kind("API_ERROR", "an unexpected error occurred", status=500),
    "TRANSACTIONS_SYNC_LIMIT": Kind("RATE_LIMIT_EXCEEDED", "rate limit exceeded, please try again later", status=429),
    "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION": Kind(
        "TRANSACTIONS_ERROR", "underlying transaction data changed since last page was fetched"
    ),
}


class Fault(Exception):
    """An error answer; the codes are the keys of KINDS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def status(self) -> int:
        return KINDS[self.code].status


def error_body(code: str) -> dict[str, object]:
    """What an answer, a webhook and an item's `error` have in common."""
    kind = KINDS[code]
    return {
        "error_type": kind.error_type,
        "error_code": code,
        "error_message": kind.message,
        "display_message": kind.display,
        "documentation_url": f"{DOCS}{kind.error_type.lower().replace('_', '-')}/#{code.lower()}",
        "suggested_action": None,
    }
