"""Deeds on the ledger. Each runs in a workspace's scope and a transaction, and records itself.

`rebuild_month` and `list_stale_months` maintain derived data and record nothing.
"""

from ledger.actions.accounts import save_accounts
from ledger.actions.categories import NameTaken, create_category, create_default_categories
from ledger.actions.categorising import (
    ChangeReversed,
    UnknownCategory,
    create_category_reversal,
    recategorise_transactions,
)
from ledger.actions.feed import AppliedPage, apply_feed_page
from ledger.actions.notes import NoteTooLong, UnknownTransaction, write_note
from ledger.sheets.rebuild import list_stale_months, rebuild_month

__all__ = [
    "AppliedPage",
    "ChangeReversed",
    "NameTaken",
    "NoteTooLong",
    "UnknownCategory",
    "UnknownTransaction",
    "apply_feed_page",
    "create_category",
    "create_category_reversal",
    "create_default_categories",
    "list_stale_months",
    "rebuild_month",
    "recategorise_transactions",
    "save_accounts",
    "write_note",
]
