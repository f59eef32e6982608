"""Whom a limit of `config.limits` counts: the account that is tried, the person who has signed in, the workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, assert_never, cast

from django.http import HttpRequest, HttpResponse

from accounts.access import READING_METHODS, View, WorkspaceRequest
from accounts.remembered import is_remembered
from config.addresses import counted_address
from config.counting import LimitReached, take
from config.limits import Limit, Scope, find_limit


@dataclass(frozen=True, slots=True)
class Typed:
    """The account is what was typed into a field of the form."""

    name: str


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The account is that of whom allauth keeps in the session, half-way through; nothing that is sent can name another."""

    key: str
    part: str


SECOND_STEP = HalfWay("account_login", "user_pk")
FORGOTTEN = HalfWay("account_password_reset_verification", "email")
# By route: each that counts by account.
ACCOUNTS: dict[str, Typed | HalfWay] = {
    "account_login": Typed("login"),
    "account_signup": Typed("email"),
    "account_reset_password": Typed("email"),
    "account_email_verification_sent": HalfWay("account_email_verification_code", "email"),
    "account_confirm_password_reset_code": FORGOTTEN,
    "account_complete_password_reset": FORGOTTEN,
    "account_second_factor": SECOND_STEP,
    "account_second_factor_challenge": SECOND_STEP,
    "account_second_factor_mail": SECOND_STEP,
    "account_recovery": SECOND_STEP,
}


def within_limit(name: str) -> Callable[[View], View]:
    """For a view inside a workspace, below `requires`: what it changes counts for the whole workspace, whoever does it.
    Raises UnknownLimit at once for a limit that is not in the table.
    """
    find_limit(name)

    def decorate(view: View) -> View:
        @wraps(view)
        def within(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in READING_METHODS:
                count_request(request, find_limit(name), str(request.workspace.pk))
            return view(request, *args, **kwargs)

        return within

    return decorate


def count_request(request: HttpRequest, limit: Limit, subject: str) -> None:
    """Count a request, and tell `config.middleware.limits`. Raises LimitReached, and RedisError where Redis is away."""
    count = take(limit, subject)
    if count is None:
        return
    cast(Any, request).counts.append(count)
    if count.is_refused:
        raise LimitReached(count)


def subject_of(request: HttpRequest, limit: Limit) -> str | None:
    """Whom a request counts for; None where it counts for nobody, as an account that nothing names."""
    if limit.spares_known_browsers and is_remembered(request, _account_of(request)):
        return None
    address = counted_address(request)
    match limit.scope:
        case Scope.ADDRESS:
            return address
        case Scope.ACCOUNT:
            return _account_of(request) or None
        case Scope.ACCOUNT_AND_ADDRESS:
            account = _account_of(request)
            return f"{account}\0{address}" if account else None
        case Scope.PERSON:
            return str(request.user.pk) if request.user.is_authenticated else None
        case Scope.PERSON_AND_ADDRESS:
            return f"{request.user.pk}\0{address}" if request.user.is_authenticated else None
        case Scope.WORKSPACE | Scope.ACCOUNT_AND_BROWSER:
            raise TypeError(f"{limit.name} is taken by whoever knows who asks")
        case _:
            assert_never(limit.scope)


def _account_of(request: HttpRequest) -> str:
    place = ACCOUNTS[request.resolver_match.view_name if request.resolver_match else ""]
    if isinstance(place, Typed):
        return request.POST.get(place.name, "").strip().lower()
    held = request.session.get(place.key)
    return str(held.get(place.part) or "").lower() if isinstance(held, dict) else ""
