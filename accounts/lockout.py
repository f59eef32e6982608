"""Too many wrong passwords: five for an account from one address, and twenty an hour from an address whatever the account.

The table of limits says how many. Its counts are taken before a password is checked, so that no burst of guesses gets
past; axes counts again after, says when an account is locked, and the person is told. Nobody can lock somebody else out
for good: other addresses are not affected, failures during the cool-off do not prolong it, and a browser that the person
has signed in with before still may.
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
from accounts.refusals import REFUSED, record_refusal
from accounts.remembered import is_remembered
from audit.log import Target, record
from audit.models import Event
from config.limits import Limit
from vault.tenancy import SITE_ID, enter_workspace

# Of wrong passwords whatever the account: alerts wait for an action of its own.
ADDRESS_LIMIT = "password_address"
LOCKED = "accounts.address.locked_out"
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
    return HttpResponse(status=429, headers={"Retry-After": str(int(settings.AXES_COOLOFF_TIME.total_seconds()))})


def record_limit(request: HttpRequest, limit: Limit) -> None:
    """That a limit was reached, once an hour for each actor and route; in the record of the workspace that the request has
    been let into, else in the site's. In a transaction of its own.
    """
    workspace = getattr(request, "workspace", None)
    route = request.resolver_match.view_name if request.resolver_match else ""
    with transaction.atomic(), enter_workspace(workspace.pk if workspace else SITE_ID):
        action = LOCKED if limit.name == ADDRESS_LIMIT else REFUSED
        record_refusal(actor=actor_of(request), route=route, reason=f"limit: {limit.name}", action=action)


def name_client(*_: Any) -> str:
    """How axes names a client in its lines: not at all, as they would hold addresses."""
    return "a client"


@transaction.atomic
def _locked_out(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    if not cache.add(f"told-locked-out:{_digest(username)}", 1, TOLD_AGAIN_SECONDS):
        return
    user = User.objects.filter(email=username, is_active=True).first()
    target = Target("user", user.pk) if user else None
    with enter_workspace(SITE_ID):
        record(actor=actor_of(request), action="accounts.user.locked_out", target=target, outcome=Event.Outcome.REFUSED)
    # For an account that is not there as much is done, and nothing is sent.
    request_mail(kind="locked_out" if user else "unknown_account", user_id=user.pk if user else None, address=username)


def _digest(told: str) -> str:
    return salted_hmac("accounts.lockout", told, algorithm="sha256").hexdigest()
