"""Keeping the list's filters under a name, renaming and giving up what was kept."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.actions import TooManyViews, ViewNameTaken, create_saved_view, delete_saved_view, rename_saved_view
from ledger.forms import ViewForm
from ledger.models import SavedView
from ledger.views.filtering import read_listing
from ledger.views.selecting import list_left
from ledger.views.transactions import redirect_to_list, render_list

NOTHING_TO_SAVE = "Choose filters first: a view is what they show."
MAX_QUERY = 4_000
TOO_LONG = "These are more filters than a view can keep. Choose fewer accounts or categories."


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_view(request: WorkspaceRequest) -> HttpResponse:
    listing = read_listing(list_left(request))
    if not listing.kept or listing.wanted is None:
        messages.error(request, NOTHING_TO_SAVE)
        return redirect_to_list(request, list_left(request))
    form = ViewForm(request.POST, auto_id="new_view_%s")
    if len(listing.kept) > MAX_QUERY:
        form.add_error(None, TOO_LONG)
    if form.is_valid():
        try:
            view = create_saved_view(actor=request.actor, name=form.cleaned_data["name"], query=listing.kept)
        except (ViewNameTaken, TooManyViews) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The view “{view.name}” is saved for everybody in this workspace.")
            return redirect_to_list(request, list_left(request))
    return render_list(request, list_left(request), new_view=form)


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_view_name(request: WorkspaceRequest, view_id: UUID) -> HttpResponse:
    form = ViewForm(request.POST, auto_id="renamed_view_%s")
    if form.is_valid():
        try:
            rename_saved_view(actor=request.actor, view_id=view_id, name=form.cleaned_data["name"])
        except SavedView.DoesNotExist:
            raise Http404 from None
        except ViewNameTaken as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect_to_list(request, list_left(request))
    return render_list(request, list_left(request), renamed_view=form)


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_view_deletion(request: WorkspaceRequest, view_id: UUID) -> HttpResponse:
    try:
        name = delete_saved_view(actor=request.actor, view_id=view_id)
    except SavedView.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"The view “{name}” was deleted. No transaction was changed.")
    return redirect_to_list(request, list_left(request))
