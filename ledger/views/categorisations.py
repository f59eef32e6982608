"""Giving transactions a category, one or many, and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.actions import ChangeReversed, UnknownCategory, create_category_reversal, recategorise_transactions
from ledger.forms import CategorisationForm
from ledger.models import CategoryChange
from ledger.reports.choices import list_categories
from ledger.sheets.store import SheetsBusy
from ledger.views.filtering import CHANGED, read_id
from ledger.views.pages import place_of_list, wants_fragment
from ledger.views.selecting import REFUSALS, choose_rows, list_left, ticked_in
from ledger.views.shown.changes import describe_category_reversal
from ledger.views.shown.transactions import show_row
from ledger.views.transaction import find_detail, render_category, render_detail
from ledger.views.transactions import BULK, redirect_to_list, render_list


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_categorisation(request: WorkspaceRequest) -> HttpResponse:
    form = CategorisationForm(request.POST, categories=list_categories(), auto_id=BULK)
    if not form.is_valid():
        return _refused(request, form)
    try:
        rows = choose_rows(request, form)
        change = recategorise_transactions(
            actor=request.actor, ids=rows.ids, category_id=form.category_id, selection=rows.selection
        )
    except (UnknownCategory, *REFUSALS) as refusal:
        form.add_error(None, str(refusal))
        return _refused(request, form)
    return _answer(request, form.cleaned_data["transaction"], change.id)


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_categorisation_reversal(request: WorkspaceRequest, change_id: UUID) -> HttpResponse:
    try:
        count = create_category_reversal(actor=request.actor, change_id=change_id)
    except CategoryChange.DoesNotExist:
        raise Http404 from None
    except (ChangeReversed, SheetsBusy) as refusal:
        messages.error(request, str(refusal))
    else:
        # In a row's own place the category itself says so.
        if not wants_fragment(request):
            messages.success(request, describe_category_reversal(count))
    return _answer(request, _known_ids(request.POST.getlist("transaction")))


def _refused(request: WorkspaceRequest, form: CategorisationForm) -> HttpResponse:
    """The page it came from, with what was typed and why it was not done."""
    ids = ticked_in(form)
    if "back" in request.POST or len(ids) != 1:
        return render_list(request, list_left(request), categorisation=form, ticked=ids)
    if wants_fragment(request):
        context = {"row": show_row(find_detail(ids[0]).row, place_of_list(request)), "form": form}
        return render(request, "ledger/parts/category_form.html", context, status=422)
    return render_detail(request, ids[0], category_form=form)


def _answer(request: WorkspaceRequest, ids: list[UUID], changed: UUID | None = None) -> HttpResponse:
    """Back to the list, or for one row from its own page or place: there."""
    if "back" in request.POST or len(ids) != 1:
        return redirect_to_list(request, list_left(request), changed)
    if wants_fragment(request):
        return render_category(request, find_detail(ids[0]), changed)
    address = f"{place_of_list(request)}{ids[0]}/"
    return redirect(f"{address}?{CHANGED}={changed}" if changed else address)


def _known_ids(texts: list[str]) -> list[UUID]:
    return [one for text in texts if (one := read_id(text))]
