"""Too many wrong passwords: five for an account from one address, and twenty an hour from an address whatever the account.

What is counted is in the cache, under digests, and gone with the cool-off. Nobody can lock somebody else out for good:
other addresses are not affected, failures during the cool-off do not prolong it, and a browser that the person has
signed in with before still may.
"""

from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.access import actor_of
from accounts.mail import request_mail
from accounts.models import User
from accounts.remembered import is_remembered
from audit.log import Target, record
from audit.models import Event
from vault.tenancy import SITE_ID, enter_workspace

HOUR_SECONDS = 3600
# The person is told once in this time, however long somebody goes on.
TOLD_AGAIN_SECONDS = 6 * 3600


def connect() -> None:
    """Listen for accounts that are locked."""
    user_locked_out.connect(_locked_out)


def typed_address(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The address of the account that is tried, as it is counted."""
    given = credentials or {}
    typed = given.get("email") or given.get("username") or (request.POST.get("login") if request else "")
    return str(typed or "").strip().lower()


def is_exempt(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether this browser is one that the person has signed in with before."""
    return is_remembered(request, typed_address(request, credentials))


def refuse(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The answer to who is locked out, the same whether there is such an account or not."""
    seconds = getattr(request, "locked_out_seconds", int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return HttpResponse(status=429, headers={"Retry-After": str(seconds)})


def lock_address(request: HttpRequest) -> None:
    """Too many failures from this address: the answer says so, and the record."""
    request.axes_locked_out = True  # type: ignore[attr-defined] # how axes is told to answer with `refuse`
    request.locked_out_seconds = HOUR_SECONDS  # type: ignore[attr-defined] # and with how long a wait
    if cache.add(f"told-address:{_digest(actor_of(request).address)}", 1, HOUR_SECONDS):
        _record(request, "accounts.address.locked_out")


def name_client(*_: Any) -> str:
    """How axes names a client in its lines: not at all, as they would hold addresses."""
    return "a client"


@transaction.atomic
def _locked_out(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    if not cache.add(f"told-locked-out:{_digest(username)}", 1, TOLD_AGAIN_SECONDS):
        return
    user = User.objects.filter(email=username, is_active=True).first()
    _record(request, "accounts.user.locked_out", user)
    # For an account that is not there as much is done, and nothing is sent.
    request_mail(kind="locked_out" if user else "unknown_account", user_id=user.pk if user else None, address=username)


@transaction.atomic
def _record(request: HttpRequest, action: str, user: User | None = None) -> None:
    target = Target("user", user.pk) if user else None
    with enter_workspace(SITE_ID):
        record(actor=actor_of(request), action=action, target=target, outcome=Event.Outcome.REFUSED)


def _digest(told: str) -> str:
    return salted_hmac("accounts.lockout", told, algorithm="sha256").hexdigest()
