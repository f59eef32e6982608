"""Deeds on the ledger. Each runs in a workspace's scope and a transaction, and records itself.

`rebuild_month` and `list_stale_months` maintain derived data and record nothing.
"""

from ledger.actions.accounts import save_accounts
from ledger.actions.annotating import AllAnnotated, EmptyNote, annotate_transactions, create_note_reversal
from ledger.actions.bulk import ChangeReversed, TooMany, UnknownTransaction
from ledger.actions.categories import NameTaken, create_category, create_default_categories
from ledger.actions.categorising import UnknownCategory, create_category_reversal, recategorise_transactions
from ledger.actions.feed import AppliedPage, apply_feed_page
from ledger.actions.notes import NoteChanged, NoteTooLong, write_note
from ledger.actions.saved_views import (
    TooManyViews,
    ViewNameTaken,
    create_saved_view,
    delete_saved_view,
    rename_saved_view,
)
from ledger.actions.set_up import CurrencyInUse, set_up_books
from ledger.sheets.rebuild import list_stale_months, rebuild_month

__all__ = [
    "AllAnnotated",
    "AppliedPage",
    "ChangeReversed",
    "CurrencyInUse",
    "EmptyNote",
    "NameTaken",
    "NoteChanged",
    "NoteTooLong",
    "TooMany",
    "TooManyViews",
    "UnknownCategory",
    "UnknownTransaction",
    "ViewNameTaken",
    "annotate_transactions",
    "apply_feed_page",
    "create_category",
    "create_category_reversal",
    "create_default_categories",
    "create_note_reversal",
    "create_saved_view",
    "delete_saved_view",
    "list_stale_months",
    "rebuild_month",
    "recategorise_transactions",
    "rename_saved_view",
    "save_accounts",
    "set_up_books",
    "write_note",
]
