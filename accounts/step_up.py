"""Deeds that ask for a fresh second factor: the one table that says which, how fresh, and by what factors [R33, C7]."""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User, Workspace
from accounts.reports.factors import kinds_of
from accounts.second_factor import STRONG, FactorKind, has_fresh_password, proof_of
from accounts.team_policy import chosen_kinds
from config.middleware.sign_in import wants_page


class Deed(StrEnum):
    """What asks for a fresh proof. The value is how Settings name it."""

    EXPORT = "Export data"
    INVITE = "Invite somebody"
    CHANGE_ROLE = "Change a role or remove a member"
    CONNECT = "Connect a bank or books"
    DISCONNECT = "Disconnect a bank or books"
    BILLING = "Change billing"
    POLICY = "Change a security policy"
    KEY_ROTATION = "Rotate or destroy keys"
    DELETION = "Delete an account"
    FACTORS = "Add or remove a second factor"
    ADDRESS = "Change the address you sign in with"
    SESSIONS = "End sessions elsewhere"
    REVIEW = "Complete an access review"
    RECOVERY = "Let somebody back in who lost their factors"
    OPERATOR_GRANT = "Let an operator read a workspace"
    OPERATE = "Work as an operator"


@dataclass(frozen=True, slots=True)
class StepUp:
    """How many minutes a proof is good for, and by which factors it is given."""

    minutes: int
    kinds: frozenset[FactorKind] = STRONG


# A code by e-mail satisfies none of them. A backup code lets its owner replace what was lost, end what is open
# elsewhere, and nothing else.
STEP_UP: dict[Deed, StepUp] = {
    Deed.EXPORT: StepUp(10),
    Deed.INVITE: StepUp(15),
    Deed.CHANGE_ROLE: StepUp(10),
    Deed.CONNECT: StepUp(30),
    Deed.DISCONNECT: StepUp(10),
    Deed.BILLING: StepUp(10),
    Deed.POLICY: StepUp(10),
    Deed.KEY_ROTATION: StepUp(5),
    Deed.DELETION: StepUp(5),
    Deed.FACTORS: StepUp(10, STRONG | {FactorKind.BACKUP}),
    Deed.ADDRESS: StepUp(10),
    Deed.SESSIONS: StepUp(30, STRONG | {FactorKind.BACKUP}),
    Deed.REVIEW: StepUp(30),
    Deed.RECOVERY: StepUp(10),
    Deed.OPERATOR_GRANT: StepUp(10),
    Deed.OPERATE: StepUp(30),
}

# What can be no other way for who has no strong factor yet: their first one, and deeds on their own account, by password.
BY_PASSWORD = frozenset({Deed.FACTORS, Deed.ADDRESS, Deed.SESSIONS, Deed.DELETION})


@dataclass(frozen=True, slots=True)
class StepUpLine:
    """One line of the table as Settings show it."""

    deed: str
    minutes: int
    factors: str


def step_up_table() -> tuple[StepUpLine, ...]:
    """The whole table in words."""
    return tuple(
        StepUpLine(deed.value, needed.minutes, ", ".join(kind.label for kind in FactorKind if kind in needed.kinds))
        for deed, needed in STEP_UP.items()
    )


def is_proven(request: HttpRequest, deed: Deed) -> bool:
    """Whether this session carries a proof that is fresh and strong enough for the deed."""
    needed, proof = STEP_UP[deed], proof_of(request)
    if proof is not None and proof.kind in needed.kinds and proof.is_fresh(needed.minutes):
        return True
    return deed in BY_PASSWORD and _has_only_password(request, needed.minutes)


def ask_for_proof(request: HttpRequest, deed: Deed) -> HttpResponse:
    """The way to Settings › Security › Confirm and back; for a fragment or data a 403 that names it."""
    asked = {"deed": deed.name.lower(), "next": page_to_return_to(request)}
    return _send(request, "accounts:confirm", asked, "Confirm that it is you")


def ask_for_factor(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The way to proving, or first getting, a second factor that a workspace accepts, and back."""
    accepts = ",".join(kind.value for kind in chosen_kinds(workspace))
    asked = {"accepts": accepts, "next": page_to_return_to(request)}
    return _send(request, "accounts:factor_needed", asked, "Prove a second factor")


def page_to_return_to(request: HttpRequest) -> str:
    """Where somebody was: the page itself if it can be opened, else the page of ours whose form or script it was."""
    if request.method in {"GET", "HEAD"} and wants_page(request):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return safe_path(request, came_from)


def safe_path(request: HttpRequest, address: str) -> str:
    """The path and query of an address on this very host; the start page for any other."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(address)
    # A path that begins with two slashes names a host once it stands alone.
    path = "/" + parts.path.lstrip("/\\")
    return f"{path}?{parts.query}" if parts.query else path


def _send(request: HttpRequest, name: str, asked: dict[str, str], words: str) -> HttpResponse:
    address = f"{reverse(name)}?{urlencode(asked)}"
    if wants_page(request):
        return redirect(address)
    told = f"{words} at {address} and try again."
    return HttpResponse(told, status=403, content_type="text/plain", headers={"HX-Redirect": address})


def _has_only_password(request: HttpRequest, minutes: int) -> bool:
    if not has_fresh_password(request.session, minutes):
        return False
    user = cast(User, request.user)
    return not STRONG.intersection(kinds_of([user.pk]).get(user.pk, ()))
