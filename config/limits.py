"""How often anything may be asked for: the one table. Windows slide; what counts them is `config.counting`.

A limit names its routes. One without routes is taken by whoever knows that somebody belongs where they ask, with
`accounts.limits.within_limit`. docs/RATE_LIMITS.md says the same in words, and a test compares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
QUARTER = 15 * MINUTE


class Scope(StrEnum):
    """What is counted apart from what. Of an IPv6 address its network of 64 bits counts."""

    ADDRESS = "address"
    ACCOUNT = "account"
    ACCOUNT_AND_ADDRESS = "account and address"
    ACCOUNT_AND_BROWSER = "account and browser"
    PERSON = "person"
    PERSON_AND_ADDRESS = "person and address"
    WORKSPACE = "workspace"


class Counts(StrEnum):
    """Which requests count: those that change something, all, or those that change something and do not succeed. Success
    is an answer that leads on; its place is taken before the view runs, so that no burst gets past, and given back.
    """

    CHANGES = "changes"
    ALL = "all requests"
    FAILURES = "failures"


class Away(StrEnum):
    """What happens while Redis is away."""

    CLOSED = "refused with 503"
    OPEN = "let through, and logged"


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` in a sliding window of `seconds`. `what` ends the sentence "Counted are …". A route that ends in * stands for
    all that begin so. `apart` is a part of the address that is counted apart.
    """

    name: str
    what: str
    scope: Scope
    count: int
    seconds: int
    routes: tuple[str, ...] = ()
    counts: Counts = Counts.CHANGES
    away: Away = Away.CLOSED
    apart: str = ""
    spares_known_browsers: bool = field(default=False, kw_only=True)


# A coarse floor under all of them, in fixed windows: whatever changes something, by address and minute.
FLOOR_COUNT, FLOOR_SECONDS = 600, MINUTE

_ACCOUNT, _ADDRESS = Scope.ACCOUNT_AND_ADDRESS, Scope.ADDRESS
_PERSON = Scope.PERSON_AND_ADDRESS
_SIGN_IN, _SIGN_UP, _VERIFY = ("account_login",), ("account_signup",), ("account_email_verification_sent",)
_FORGOTTEN, _CODE = ("account_reset_password",), ("account_confirm_password_reset_code",)
_CHOOSE, _FACTOR = ("account_complete_password_reset",), ("account_second_factor",)
_LOST = ("account_second_factor_mail", "account_recovery")

# R62-R66
TABLE = (
    # At the door. By the account that is tried, known or not, and by the address that tries.
    Limit(
        "password",
        "wrong passwords for an account",
        _ACCOUNT,
        5,
        QUARTER,
        _SIGN_IN,
        Counts.FAILURES,
        spares_known_browsers=True,
    ),
    Limit(
        "password_address", "wrong passwords", _ADDRESS, 20, HOUR, _SIGN_IN, Counts.FAILURES, spares_known_browsers=True
    ),
    # Taken where a wrong password is noted: after so many a browser that the person has signed in with is spared no more.
    Limit(
        "known_browser",
        "wrong passwords in a browser that the person has signed in with before",
        Scope.ACCOUNT_AND_BROWSER,
        10,
        HOUR,
    ),
    Limit("sign_up", "sign-ups with an e-mail address", _ACCOUNT, 5, QUARTER, _SIGN_UP),
    Limit("sign_up_address", "sign-ups", _ADDRESS, 20, HOUR, _SIGN_UP),
    Limit("verify", "codes for an e-mail address, typed or sent", _ACCOUNT, 5, QUARTER, _VERIFY),
    Limit("verify_address", "codes for e-mail addresses, typed or sent", _ADDRESS, 20, HOUR, _VERIFY),
    Limit("forgotten", "mails about a forgotten password", _ACCOUNT, 5, QUARTER, _FORGOTTEN),
    # Others who ask for somebody's mails do not keep that person from asking.
    Limit(
        "forgotten_account",
        "mails about a forgotten password",
        Scope.ACCOUNT,
        10,
        HOUR,
        _FORGOTTEN,
        spares_known_browsers=True,
    ),
    Limit("forgotten_address", "mails about forgotten passwords", _ADDRESS, 20, HOUR, _FORGOTTEN),
    Limit("forgotten_code", "codes for a forgotten password", _ACCOUNT, 5, QUARTER, _CODE),
    Limit("forgotten_code_address", "codes for forgotten passwords", _ADDRESS, 20, HOUR, _CODE),
    Limit("choose_password", "new passwords for a forgotten one", _ACCOUNT, 5, QUARTER, _CHOOSE),
    Limit("choose_password_address", "new passwords for forgotten ones", _ADDRESS, 20, HOUR, _CHOOSE),
    Limit("second_factor", "wrong second factors of an account", _ACCOUNT, 5, QUARTER, _FACTOR, Counts.FAILURES),
    Limit("second_factor_address", "wrong second factors", _ADDRESS, 20, HOUR, _FACTOR, Counts.FAILURES),
    Limit("lost_factor", "mails with a code, and requests to get in without a factor", _ACCOUNT, 5, QUARTER, _LOST),
    Limit("lost_factor_address", "the same of all accounts", _ADDRESS, 20, HOUR, _LOST),
    Limit("passkey", "tries with a passkey", _ACCOUNT, 20, HOUR, ("account_second_factor_challenge",)),
    Limit(
        "invitation",
        "answers to invitations",
        _ADDRESS,
        20,
        HOUR,
        ("accounts:accept_invitation", "accounts:decline_invitation"),
    ),
    # Of people who have signed in, so that an office behind one address is not locked out by one of them.
    Limit("step_up", "proofs that it is you which fail", _PERSON, 5, QUARTER, ("accounts:confirm",), Counts.FAILURES),
    Limit("change_password", "changes of the password", _PERSON, 5, QUARTER, ("accounts:password",)),
    Limit("change_address", "changes of the address to sign in with", _PERSON, 5, QUARTER, ("accounts:address",)),
    Limit("change_address_person", "the same from anywhere", Scope.PERSON, 40, DAY, ("accounts:address",)),
    Limit(
        "address_code",
        "wrong codes for a new address",
        _PERSON,
        5,
        QUARTER,
        ("accounts:confirm_address",),
        Counts.FAILURES,
    ),
    Limit(
        "factor_code",
        "wrong codes of a new second factor",
        _PERSON,
        5,
        QUARTER,
        ("accounts:confirm_app", "accounts:confirm_email"),
        Counts.FAILURES,
    ),
    Limit(
        "factors",
        "changes of second factors",
        _PERSON,
        20,
        HOUR,
        (
            "accounts:create_app",
            "accounts:create_email",
            "accounts:create_passkey",
            "accounts:create_backup_codes",
            "accounts:rename_factor",
            "accounts:remove_factor",
        ),
    ),
    Limit(
        "passkey_here",
        "tries with a passkey",
        _PERSON,
        20,
        HOUR,
        ("accounts:confirm_challenge", "accounts:create_passkey_challenge"),
    ),
    Limit("create_workspace", "new workspaces", _PERSON, 20, HOUR, ("accounts:create_workspace",)),
    Limit("sample", "sample companies", _PERSON, 5, QUARTER, ("create_sample",)),
    # The bound of a workspace's mails is its own; this one is for who has many workspaces.
    Limit("invite", "invitations", Scope.PERSON, 100, DAY, ("accounts:invite", "accounts:resend_invitation")),
    Limit(
        "sync",
        "syncs of a bank or of books",
        _PERSON,
        5,
        QUARTER,
        ("integrations:create_sync",),
        away=Away.OPEN,
        apart="connection_id",
    ),
    Limit("sync_workspace", "syncs", Scope.WORKSPACE, 60, HOUR, away=Away.OPEN),
    Limit(
        "connect",
        "visits to a bank or to books to connect it",
        _PERSON,
        5,
        QUARTER,
        (
            "integrations:create_link",
            "integrations:create_repair",
            "integrations:create_grant",
            "integrations:create_regrant",
        ),
    ),
    Limit("connect_return", "returns from such a visit", _PERSON, 5, QUARTER, ("zoho_return",), Counts.ALL),
    Limit("export", "exports of the audit log", _PERSON, 5, QUARTER, ("audit:create_bundle",)),
    Limit(
        "proof", "proofs of single events of the audit log", _PERSON, 60, HOUR, ("audit:proof",), Counts.ALL, Away.OPEN
    ),
    Limit("verify_log", "verifications of the audit log", _PERSON, 5, QUARTER, ("audit:verify",)),
    Limit(
        "alert_webhook",
        "changes of where alerts are sent, and tests",
        _PERSON,
        20,
        HOUR,
        ("alerts:webhook", "alerts:create_secret", "alerts:create_test", "alerts:remove_webhook"),
    ),
    # Operators read as much as they like; what they look at is recorded.
    Limit("operators", "what operators change", _PERSON, 30, HOUR, ("operators:*",), away=Away.OPEN),
    Limit("cron", "jobs asked for from outside", _ADDRESS, 30, MINUTE, ("cron",)),
    # Browsers send them by themselves, and one that is lost is no loss.
    Limit("csp_reports", "reports of what a content security policy kept out", _ADDRESS, 60, MINUTE, ("csp_reports",)),
    Limit(
        "payment",
        "changes of the plan, and visits to the page to pay",
        _PERSON,
        5,
        QUARTER,
        (
            "billing:create_checkout",
            "billing:change",
            "billing:cancel",
            "billing:resume",
            "billing:create_portal_visit",
        ),
    ),
    # Providers come from few addresses with news of everybody, which are never too many: what is refused counts.
    Limit(
        "webhook",
        "messages that are not a bank's provider's",
        _ADDRESS,
        300,
        MINUTE,
        ("plaid_webhook",),
        Counts.FAILURES,
    ),
    Limit(
        "stripe_webhook", "messages that are not Stripe's", _ADDRESS, 100, HOUR, ("stripe_webhook",), Counts.FAILURES
    ),
)


class UnknownLimit(LookupError):
    """There is no limit of this name: everything would get through."""


def find_limit(name: str) -> Limit:
    """Raises UnknownLimit."""
    for limit in TABLE:
        if limit.name == name:
            return limit
    raise UnknownLimit(name)


def by_route(table: Iterable[Limit]) -> Mapping[str, tuple[Limit, ...]]:
    """The limits of each route, in the order of the table; of all that begin alike under what ends in *."""
    routes: dict[str, tuple[Limit, ...]] = {}
    for limit in table:
        for route in limit.routes:
            routes[route] = (*routes.get(route, ()), limit)
    return routes
