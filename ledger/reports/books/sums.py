"""Sums of documents by currency: what tabs and lists show above their rows. Nothing is open of what is never owed, such as
a draft, so that what is open here is what ageing counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import currency_of_numeric
from ledger.reports.books.standings import NEVER_OWED, Mask, has_status
from ledger.sheets.documents import Documents
from ledger.sheets.parts import Amounts, Numerics


@dataclass(frozen=True, slots=True)
class DocumentSum:
    """Documents of one currency: how many, their totals and what is still open of them, in its minor units."""

    currency: str
    count: int
    total: int
    balance: int


def sums_of(documents: Documents, chosen: Mask) -> tuple[DocumentSum, ...]:
    """Sums of the chosen rows by the currency they are in, by code."""
    return _sums(documents.currency, documents.total, open_of(documents, documents.balance), chosen)


def sums_in_base(documents: Documents, chosen: Mask) -> tuple[DocumentSum, ...]:
    """Sums of the chosen rows in the currencies their books are kept in, by code; what has no rate adds nothing."""
    return _sums(documents.base_currency, documents.base_total, open_of(documents, documents.base_balance), chosen)


def numerics_in(currency: Numerics | NDArray[np.int64]) -> list[int]:
    """The currencies that occur, by number."""
    return np.flatnonzero(np.bincount(currency)).tolist()


def open_of(documents: Documents, balance: Amounts) -> Amounts:
    """What is still to be paid of each row, of one of its columns of balances."""
    return np.where(has_status(documents, NEVER_OWED), 0, balance)


def _sums(currency: Numerics, total: Amounts, balance: Amounts, chosen: Mask) -> tuple[DocumentSum, ...]:
    sums = []
    for numeric in numerics_in(currency[chosen]):
        here = chosen & (currency == numeric)
        code = currency_of_numeric(numeric).code
        sums.append(DocumentSum(code, int(here.sum()), int(total[here].sum()), int(balance[here].sum())))
    return tuple(sorted(sums, key=lambda one: one.currency))
