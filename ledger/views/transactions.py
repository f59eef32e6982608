"""The transactions page, and where the deeds on it come back to."""

from collections.abc import Collection
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.forms import CategorisationForm
from ledger.reports.choices import list_categories
from ledger.reports.transactions import TransactionFilter, list_transactions
from ledger.views.changes import find_change
from ledger.views.filtering import CHANGED, read_listing
from ledger.views.pages import now
from ledger.views.shown.freshness import describe_stale
from ledger.views.shown.transactions import show_transactions


@requires(Permission.VIEW_TRANSACTIONS)
@require_safe
def transactions(request: WorkspaceRequest) -> HttpResponse:
    return render_list(request, request.GET)


def render_list(
    request: WorkspaceRequest,
    query: QueryDict,
    *,
    categorisation: CategorisationForm | None = None,
    ticked: Collection[UUID] = (),
) -> HttpResponse:
    """The page that `query` asks for, with what was typed on it when that could not be done."""
    listing = read_listing(query)
    context = {
        "form": listing.form,
        "categorisation": categorisation or CategorisationForm(categories=list_categories()),
        "ticked": ticked,
        "changed": find_change(listing.changed),
        "has_any": True,
    }
    if listing.wanted is None:
        return render(request, "ledger/transactions.html", context, status=422)
    report = list_transactions(listing.wanted, cursor=listing.cursor)
    context["page"] = show_transactions(report, query=listing.query, names=listing.names, order=listing.wanted.order)
    context["has_any"] = bool(report.rows or list_transactions(TransactionFilter()).rows)
    context["stale"] = describe_stale(report.freshness, now())
    return render(request, "ledger/transactions.html", context, status=422 if categorisation else 200)


def redirect_to_list(request: WorkspaceRequest, back: QueryDict, changed: UUID | None = None) -> HttpResponseRedirect:
    """Back to the list in the state it was left in, which offers to take the change back."""
    query = back.copy()
    query.setlist(CHANGED, [str(changed)] if changed else [])
    address = reverse("ledger:transactions", kwargs={"slug": request.workspace.slug})
    return redirect(f"{address}?{query.urlencode()}" if query else address)
