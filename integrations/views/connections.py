"""The connections page, syncing on request, and disconnecting."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import WorkspaceRequest, requires, workspace_block
from accounts.entitlements import connections_left
from accounts.limits import within_limit
from accounts.once import name_made, once
from accounts.permissions import Permission, name_roles_with
from accounts.step_up import Deed
from integrations.actions.allowance import SyncsPaused
from integrations.actions.syncs import AskedToWait, NotConnected, request_sync
from integrations.linking import end_access
from integrations.models import Connection, Trigger
from integrations.problems import said_of
from integrations.reports.calls import read_calls
from integrations.reports.connections import read_cards, read_name, read_progress

MANAGE = Permission.MANAGE_CONNECTIONS
DISCONNECTED = "The bank is disconnected. What was read stays."
DISCONNECTED_HERE = (
    "The bank is disconnected here. Plaid could not be reached to end its access; it is asked again by itself."
)


@requires(Permission.VIEW_CONNECTIONS)
@require_safe
def connections(request: WorkspaceRequest) -> HttpResponse:
    cards = read_cards()
    of_books = {False: Connection.Provider.PLAID, True: Connection.Provider.ZOHO}
    kinds = sorted({card.is_books for card in cards})
    context = {
        "cards": cards,
        "calls": [read_calls(of_books[is_books]) for is_books in kinds],
        "who_connects": name_roles_with(MANAGE),
        "has_room": bool(
            connections_left(request.workspace, connected=sum(not card.is_disconnected for card in cards))
        ),
        "offers_books": settings.ZOHO is not None,
    }
    return render(request, "integrations/connections.html", context)


@requires(Permission.VIEW_CONNECTIONS)
@require_safe
def progress(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    run = read_progress(connection_id)
    if run is None and not Connection.objects.filter(pk=connection_id).exists():
        raise Http404
    if run is None or run.is_waiting != ("waiting" in request.GET):
        # The run is over, waits, or waits no more: anything on the page may have changed with it.
        return HttpResponseClientRefresh()
    return render(request, "integrations/parts/progress.html", {"progress": run})


@requires(Permission.SYNC_CONNECTIONS)
@once
@within_limit("sync_workspace")
@require_POST
def create_sync(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    try:
        run = request_sync(actor=request.actor, connection_id=connection_id, trigger=Trigger.PERSON)
    except Connection.DoesNotExist:
        raise Http404 from None
    except (NotConnected, AskedToWait) as refusal:
        messages.error(request, said_of(str(refusal), is_books=read_name(connection_id).is_books))
        return _back(request)
    except SyncsPaused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    return name_made(_back(request), run.pk)


@requires(Permission.MANAGE_CONNECTIONS, atomic=False, step_up=Deed.DISCONNECT)
@once
@require_http_methods(["GET", "HEAD", "POST"])
def create_disconnection(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    try:
        if request.method == "POST":
            return _disconnect(request, connection_id)
        with workspace_block(request):
            named = read_name(connection_id)
            return render(request, "integrations/disconnect.html", {"named": named})
    except Connection.DoesNotExist:
        raise Http404 from None


def _disconnect(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    with workspace_block(request):
        is_books = read_name(connection_id).is_books
    if end_access(actor=request.actor, workspace_id=request.workspace.pk, connection_id=connection_id):
        messages.success(request, said_of(DISCONNECTED, is_books=is_books))
    else:
        messages.warning(request, said_of(DISCONNECTED_HERE, is_books=is_books))
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    return redirect("integrations:connections", slug=request.workspace.slug)
