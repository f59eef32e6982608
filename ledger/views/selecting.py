"""Which transactions a form on the list means: those ticked, or everything that its filter matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from accounts.access import WorkspaceRequest
from ledger.actions import TooMany, UnknownTransaction
from ledger.actions.bulk import Selection
from ledger.forms import RowsForm
from ledger.reports.transactions import SelectionChanged, select_matching
from ledger.sheets.store import SheetsBusy
from ledger.views.filtering import read_listing

REFUSALS = (UnknownTransaction, TooMany, SelectionChanged, SheetsBusy)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`selection` is the filter that chose the rows, None for rows that were ticked."""

    ids: Sequence[UUID]
    selection: Selection | None


def choose_rows(request: WorkspaceRequest, form: RowsForm) -> Chosen:
    """The rows of a valid form. Raises SelectionChanged when the sheets are not those of the page it came from."""
    if not (version := form.cleaned_data["everything"]):
        return Chosen(form.cleaned_data["transaction"], None)
    listing = read_listing(list_left(request))
    if listing.wanted is None:
        raise SelectionChanged
    return Chosen(select_matching(listing.wanted, sheet_version=version), dict(listing.query.lists()))


def list_left(request: WorkspaceRequest) -> QueryDict:
    """The state of the list that a form was sent from."""
    return QueryDict(request.POST.get("back", ""))


def ticked_in(form: RowsForm) -> list[UUID]:
    """The rows that were ticked, also in a form that was refused."""
    return form.cleaned_data.get("transaction") or []
