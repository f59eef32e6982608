"""The transactions page, and where the deeds on it come back to."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.forms import AnnotationForm, CategorisationForm, ViewForm
from ledger.reports.saved_views import list_saved_views
from ledger.reports.transactions import TransactionFilter, list_transactions, read_names
from ledger.views.changes import find_change
from ledger.views.filtering import CHANGED, read_listing
from ledger.views.pages import now, place_of_list
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.saved_views import show_views
from ledger.views.shown.transactions import show_transactions

# The forms for many rows stand on the page beside the filters, whose fields have the plain ids.
BULK = "bulk_%s"


@requires(Permission.VIEW_TRANSACTIONS)
@require_safe
def transactions(request: WorkspaceRequest) -> HttpResponse:
    return render_list(request, request.GET)


def render_list(
    request: WorkspaceRequest,
    query: QueryDict,
    *,
    categorisation: CategorisationForm | None = None,
    annotation: AnnotationForm | None = None,
    new_view: ViewForm | None = None,
    renamed_view: ViewForm | None = None,
    ticked: Collection[UUID] = (),
) -> HttpResponse:
    """The page that `query` asks for, with what was typed on it when that could not be done."""
    known = read_names()
    listing = read_listing(query, known)
    views = show_views(list_saved_views(), listing.kept)
    is_refused = bool(categorisation or annotation or new_view or renamed_view)
    may_edit = request.membership.may(Permission.EDIT_TRANSACTIONS)
    context = {
        "form": listing.form,
        "views": views,
        "new_view": new_view or ViewForm(auto_id="new_view_%s"),
        "renamed_view": renamed_view or ViewForm(initial={"name": views.current_name}, auto_id="renamed_view_%s"),
        "categorisation": categorisation or CategorisationForm(categories=listing.categories, auto_id=BULK),
        "annotation": annotation or AnnotationForm(auto_id=BULK),
        "ticked": ticked,
        "may_edit": may_edit,
        "changed": find_change(listing.changed) if may_edit else None,
        "has_any": True,
    }
    if listing.wanted is None:
        return render(request, "ledger/transactions.html", context, status=422)
    report = list_transactions(
        listing.wanted, cursor=listing.after, before=listing.before, names=known, size=listing.size
    )
    context["page"] = show_transactions(
        report,
        query=listing.query,
        names=listing.names,
        wanted=listing.wanted,
        place=place_of_list(request),
        size=listing.size,
    )
    context["has_any"] = bool(report.rows or list_transactions(TransactionFilter()).rows)
    context["stale"] = describe_stale(report.freshness, now())
    return render(request, "ledger/transactions.html", context, status=422 if is_refused else 200)


def redirect_to_list(request: WorkspaceRequest, back: QueryDict, changed: UUID | None = None) -> HttpResponseRedirect:
    """Back to the list in the state it was left in, which offers to take the change back."""
    query = back.copy()
    query.setlist(CHANGED, [str(changed)] if changed else [])
    address = place_of_list(request)
    return redirect(f"{address}?{query.urlencode()}" if query else address)
