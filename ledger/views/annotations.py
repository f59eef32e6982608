"""Putting one note on many transactions, and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, requires
from accounts.permissions import Permission
from ledger.actions import (
    AllAnnotated,
    ChangeReversed,
    EmptyNote,
    NoteTooLong,
    annotate_transactions,
    create_note_reversal,
)
from ledger.forms import AnnotationForm
from ledger.models import NoteChange
from ledger.sheets.store import SheetsBusy
from ledger.views.selecting import REFUSALS, choose_rows, list_left, ticked_in
from ledger.views.shown.changes import describe_note_reversal
from ledger.views.transactions import BULK, redirect_to_list, render_list


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_annotation(request: WorkspaceRequest) -> HttpResponse:
    form = AnnotationForm(request.POST, auto_id=BULK)
    if not form.is_valid():
        return render_list(request, list_left(request), annotation=form, ticked=ticked_in(form))
    try:
        rows = choose_rows(request, form)
        change = annotate_transactions(
            actor=request.actor,
            ids=rows.ids,
            note=form.cleaned_data["note"],
            replace=form.replaces,
            selection=rows.selection,
        )
    except (EmptyNote, NoteTooLong, AllAnnotated, *REFUSALS) as refusal:
        form.add_error(None, str(refusal))
        return render_list(request, list_left(request), annotation=form, ticked=ticked_in(form))
    return redirect_to_list(request, list_left(request), change.id)


@requires(Permission.EDIT_TRANSACTIONS)
@require_POST
def create_annotation_reversal(request: WorkspaceRequest, change_id: UUID) -> HttpResponse:
    try:
        count = create_note_reversal(actor=request.actor, change_id=change_id)
    except NoteChange.DoesNotExist:
        raise Http404 from None
    except (ChangeReversed, SheetsBusy) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, describe_note_reversal(count))
    return redirect_to_list(request, list_left(request))
