"""The way to the bank's page and back. Coming back proves nothing: the worker asks the provider what came of it."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import WorkspaceRequest, requires, workspace_block
from accounts.once import once
from accounts.permissions import Permission
from accounts.step_up import Deed
from integrations.actions.allowance import ConnectionsTaken, SyncsPaused
from integrations.actions.links import request_finish
from integrations.actions.syncs import NotConnected
from integrations.linking import StrangePage, start_link
from integrations.models import Connection, LinkSession, LinkState
from integrations.providers.plaid_errors import PlaidProblem
from integrations.reports.connections import read_name
from integrations.views.home import home_of

ENDED_WELL = (LinkState.LINKED, LinkState.KNOWN)


@requires(Permission.MANAGE_CONNECTIONS, atomic=False, step_up=Deed.CONNECT)
@once
@require_POST
def create_link(request: WorkspaceRequest) -> HttpResponse:
    return _go_to_bank(request)


@requires(Permission.MANAGE_CONNECTIONS, atomic=False, step_up=Deed.CONNECT)
@once
@require_POST
def create_repair(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    return _go_to_bank(request, connection_id)


@requires(Permission.MANAGE_CONNECTIONS)
@require_safe
def link(request: WorkspaceRequest, session_id: UUID) -> HttpResponse:
    session = _look(request, session_id)
    home = home_of(request, since=session.created_at)
    if session.state in ENDED_WELL:
        _tell(request, session)
        return redirect(home)
    return render(request, "integrations/link.html", {"session": session, "home": home})


@requires(Permission.MANAGE_CONNECTIONS)
@require_safe
def link_progress(request: WorkspaceRequest, session_id: UUID) -> HttpResponse:
    session = _look(request, session_id)
    home = home_of(request, since=session.created_at)
    if session.state in ENDED_WELL:
        _tell(request, session)
        return HttpResponseClientRedirect(home)
    return render(request, "integrations/parts/link_progress.html", {"session": session, "home": home})


def _go_to_bank(request: WorkspaceRequest, connection_id: UUID | None = None) -> HttpResponse:
    try:
        page = start_link(
            actor=request.actor,
            workspace_id=request.workspace.pk,
            user_id=request.user.pk,
            return_url=partial(_return_url, request.workspace.slug),
            connection_id=connection_id,
        )
    except Connection.DoesNotExist:
        raise Http404 from None
    except (PlaidProblem, StrangePage, NotConnected, SyncsPaused, ConnectionsTaken) as problem:
        messages.error(request, str(problem))
        with workspace_block(request):
            return redirect(home_of(request))
    return redirect(page.reveal())


def _look(request: WorkspaceRequest, session_id: UUID) -> LinkSession:
    """The person's own visit, of which the worker is asked what came. Anybody else's is not found."""
    if not LinkSession.objects.filter(pk=session_id, user_id=request.user.pk).exists():
        raise Http404
    return request_finish(actor=request.actor, session_id=session_id)


def _tell(request: WorkspaceRequest, session: LinkSession) -> None:
    bank = read_name(session.connection_id).institution if session.connection_id else "The bank"
    if session.state == LinkState.KNOWN:
        messages.info(request, f"{bank} is connected already, so nothing was changed.")
    elif session.connection is not None and session.connection.is_disconnected:
        messages.info(request, f"{bank} was disconnected meanwhile, so nothing comes in from it.")
    elif session.is_repair:
        messages.success(request, f"{bank} is connected again. What was missed is on its way.")
    else:
        messages.success(request, f"{bank} is connected.")


def _return_url(slug: str, session_id: UUID) -> str:
    return settings.BASE_URL + reverse("integrations:link", kwargs={"slug": slug, "session_id": session_id})
