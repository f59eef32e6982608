"""A transaction's own page, and the pieces of the list that stand for one row."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.actions import NoteChanged, NoteTooLong, UnknownTransaction, write_note
from ledger.forms import UNCATEGORISED, CategorisationForm, NoteForm
from ledger.reports.choices import list_categories
from ledger.reports.transactions import TransactionDetail, history_of, transaction_detail
from ledger.sheets.store import SheetsBusy
from ledger.views.changes import find_change
from ledger.views.filtering import CHANGED, read_id
from ledger.views.pages import place_of_list, wants_fragment
from ledger.views.shown.transaction import show_detail
from ledger.views.shown.transactions import show_row


@requires(Permission.VIEW_TRANSACTIONS)
@require_safe
def transaction(request: WorkspaceRequest, transaction_id: UUID) -> HttpResponse:
    return render_detail(request, transaction_id)


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_note(request: WorkspaceRequest, transaction_id: UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render_detail(request, transaction_id, note_form=form)
    said = form.cleaned_data
    try:
        write_note(actor=request.actor, transaction_id=transaction_id, note=said["note"], before=said["before"])
    except UnknownTransaction:
        raise Http404 from None
    except NoteChanged as refusal:
        return render_detail(request, transaction_id, note_form=_over(refusal, said["note"]))
    except (NoteTooLong, SheetsBusy) as refusal:
        form.add_error(None, str(refusal))
        return render_detail(request, transaction_id, note_form=form)
    messages.success(request, "The note was saved.")
    return redirect("ledger:transaction", slug=request.workspace.slug, transaction_id=transaction_id)


@requires(Permission.EDIT_TRANSACTIONS)
@require_safe
def edit_category(request: WorkspaceRequest, transaction_id: UUID) -> HttpResponse:
    detail = find_detail(transaction_id)
    if not wants_fragment(request):
        return redirect("ledger:transaction", slug=request.workspace.slug, transaction_id=transaction_id)
    context = {"row": show_row(detail.row, place_of_list(request)), "form": _category_form(detail)}
    return render(request, "ledger/parts/category_form.html", context)


@requires(Permission.VIEW_TRANSACTIONS)
@require_safe
def show_category(request: WorkspaceRequest, transaction_id: UUID) -> HttpResponse:
    detail = find_detail(transaction_id)
    if not wants_fragment(request):
        return redirect("ledger:transaction", slug=request.workspace.slug, transaction_id=transaction_id)
    return render_category(request, detail)


def render_category(request: WorkspaceRequest, detail: TransactionDetail, undo: UUID | None = None) -> HttpResponse:
    """A row's category in its place; `undo` is the change that was just made to it."""
    may_edit = request.membership.may(Permission.EDIT_TRANSACTIONS)
    context = {"row": show_row(detail.row, place_of_list(request)), "may_edit": may_edit, "undo": undo}
    return render(request, "ledger/parts/category.html", context)


def render_detail(
    request: WorkspaceRequest,
    transaction_id: UUID,
    *,
    note_form: NoteForm | None = None,
    category_form: CategorisationForm | None = None,
) -> HttpResponse:
    """The page of a transaction, with the form that could not be done as it was typed. Raises Http404."""
    detail = find_detail(transaction_id)
    page = show_detail(detail, history_of(detail), place_of_list(request))
    may_edit = request.membership.may(Permission.EDIT_TRANSACTIONS)
    context = {
        "page": page,
        "row": page.row,
        "note_form": (note_form or NoteForm(initial={"note": detail.note, "before": detail.note}))
        if may_edit
        else None,
        "category_form": (category_form or _category_form(detail)) if may_edit and not page.row.is_removed else None,
        "changed": find_change(read_id(request.GET.get(CHANGED, ""))) if may_edit else None,
    }
    return render(request, "ledger/transaction.html", context, status=422 if note_form or category_form else 200)


def find_detail(transaction_id: UUID) -> TransactionDetail:
    """Raises Http404."""
    detail = transaction_detail(transaction_id)
    if detail is None:
        raise Http404
    return detail


def _category_form(detail: TransactionDetail) -> CategorisationForm:
    chosen = detail.row.category_id or UNCATEGORISED
    return CategorisationForm(categories=list_categories(), initial={"category": chosen})


def _over(refusal: NoteChanged, note: str) -> NoteForm:
    """What was typed, to be saved over what stands there now when it is sent again."""
    form = NoteForm({"note": note, "before": refusal.now})
    words = f"It now says: “{refusal.now}”." if refusal.now else "It was taken away."
    form.add_error(None, f"{refusal} {words} Save again to put yours in its place.")
    return form
