"""The way to Zoho's consent page and back. Coming back hands a code to the worker; what it is good for, the worker finds out."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from accounts.access import WorkspaceRequest, actor_of, requires, signed_in
from accounts.models import User
from accounts.once import once
from accounts.permissions import Permission
from accounts.session_store import SessionStore
from accounts.step_up import Deed
from integrations.actions.allowance import ConnectionsTaken, SyncsPaused
from integrations.actions.grants import NotOffered, choose_organization
from integrations.granting import start_grant
from integrations.models import Connection, GrantVisit, VisitState
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import Misconfigured
from integrations.reports.connections import read_name
from integrations.reports.grants import describe_end
from integrations.returning import Returned, ReturnRefused, Visitor, take_return
from integrations.views.home import home_of

LONGEST = 1000


@requires(Permission.MANAGE_CONNECTIONS, step_up=Deed.CONNECT)
@once
@require_POST
def create_grant(request: WorkspaceRequest) -> HttpResponse:
    return _go_to_zoho(request)


@requires(Permission.MANAGE_CONNECTIONS, step_up=Deed.CONNECT)
@once
@require_POST
def create_regrant(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    return _go_to_zoho(request, connection_id)


@signed_in
@transaction.non_atomic_requests
@require_safe
def zoho_return(request: HttpRequest) -> HttpResponse:
    visitor = Visitor(actor_of(request), cast(User, request.user).pk, _session_of(request))
    try:
        landing = take_return(visitor=visitor, returned=_returned(request))
    except ReturnRefused as refusal:
        answer = render(request, "integrations/grant_refused.html", {"sentence": str(refusal)}, status=400)
    else:
        answer = redirect("integrations:grant", slug=landing.slug, visit_id=landing.visit_id)
    # The address holds a code; it goes nowhere else.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@requires(Permission.MANAGE_CONNECTIONS)
@require_safe
def grant(request: WorkspaceRequest, visit_id: UUID) -> HttpResponse:
    visit = _look(request, visit_id)
    if visit.state == VisitState.CONNECTED:
        _tell(request, visit)
        return redirect(home_of(request, since=visit.created_at))
    return render(request, "integrations/grant.html", _context(request, visit))


@requires(Permission.MANAGE_CONNECTIONS)
@require_safe
def grant_progress(request: WorkspaceRequest, visit_id: UUID) -> HttpResponse:
    visit = _look(request, visit_id)
    if visit.state == VisitState.CONNECTED:
        _tell(request, visit)
        return HttpResponseClientRedirect(home_of(request, since=visit.created_at))
    if visit.state not in (VisitState.OPEN, VisitState.RECEIVED):
        return HttpResponseClientRefresh()
    return render(request, "integrations/parts/grant_progress.html", _context(request, visit))


@requires(Permission.MANAGE_CONNECTIONS, step_up=Deed.CONNECT)
@once
@require_POST
def create_choice(request: WorkspaceRequest, visit_id: UUID) -> HttpResponse:
    visit = _look(request, visit_id)
    try:
        choose_organization(
            actor=request.actor, visit_id=visit.pk, organization_id=request.POST.get("organization", "")
        )
    except NotOffered as refusal:
        # Of two clicks the second comes when the first has connected it.
        if _look(request, visit_id).state != VisitState.CONNECTED:
            messages.error(request, str(refusal))
    return redirect("integrations:grant", slug=request.workspace.slug, visit_id=visit.pk)


def _go_to_zoho(request: WorkspaceRequest, connection_id: UUID | None = None) -> HttpResponse:
    try:
        page = start_grant(
            actor=request.actor,
            user_id=request.user.pk,
            session_id=_session_of(request),
            connection_id=connection_id,
        )
    except (Connection.DoesNotExist, Misconfigured):
        raise Http404 from None
    except (ConnectionsTaken, SyncsPaused) as refusal:
        messages.error(request, str(refusal))
        return redirect(home_of(request))
    return redirect(page)


def _session_of(request: HttpRequest) -> UUID | None:
    return cast(SessionStore, request.session).row_id


def _returned(request: HttpRequest) -> Returned:
    given = {name: request.GET.get(name, "")[:LONGEST] for name in ("state", "code", "error", "location")}
    return Returned(
        state=Secret(given["state"]),
        code=Secret(given["code"]),
        error=given["error"],
        location=given["location"],
        accounts_server=request.GET.get("accounts-server", ""),
    )


def _look(request: WorkspaceRequest, visit_id: UUID) -> GrantVisit:
    """The person's own visit. Anybody else's is not found."""
    visit = GrantVisit.objects.filter(pk=visit_id, user_id=request.user.pk).first()
    if visit is None:
        raise Http404
    return visit


def _context(request: WorkspaceRequest, visit: GrantVisit) -> dict[str, object]:
    return {"visit": visit, "end": describe_end(visit), "home": home_of(request, since=visit.created_at)}


def _tell(request: WorkspaceRequest, visit: GrantVisit) -> None:
    name = read_name(visit.connection_id).institution if visit.connection_id else "The organisation"
    if visit.is_regrant:
        messages.success(request, f"{name} is connected again. What was missed is on its way.")
    else:
        messages.success(request, f"{name} is connected. Its books come in by themselves.")
