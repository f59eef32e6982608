"""Deeds on the books beside the bank: what a connection's books say, written down and kept up to date."""

from ledger.actions.books.organization import BaseCurrencyChanged, UnknownOrganization, save_organization
from ledger.actions.books.pages import AppliedBooks, apply_books_page
from ledger.actions.books.rows import WrongRow
from ledger.actions.books.sweeps import Retired, count_unseen, retire_unseen

__all__ = [
    "AppliedBooks",
    "BaseCurrencyChanged",
    "Retired",
    "UnknownOrganization",
    "WrongRow",
    "apply_books_page",
    "count_unseen",
    "retire_unseen",
    "save_organization",
]
