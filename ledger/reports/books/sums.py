"""Sums of documents by currency: what tabs and lists show above their rows. Nothing is open of what is never owed, such as
a draft, so that what is open here is what ageing counts."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from ledger.currencies import currency_of_numeric
from ledger.reports.books.standings import NEVER_OWED, has_status
from ledger.sheets.documents import DocumentFlag, Documents
from ledger.sheets.parts import Amounts, Mask, Numerics, numerics_in


@dataclass(frozen=True, slots=True)
class DocumentSum:
    """Documents of one currency: how many, their totals and what is still open of them, in its minor units."""

    currency: str
    count: int
    total: int
    balance: int


@dataclass(frozen=True, slots=True)
class WithoutRate:
    """How many documents of a currency have no rate to `base`, the currency that their books are kept in."""

    currency: str
    base: str
    count: int


def sums_of(documents: Documents, chosen: Mask) -> tuple[DocumentSum, ...]:
    """Sums of the chosen rows by the currency they are in, by code."""
    return _sums(documents.currency, documents.total, open_of(documents, documents.balance), chosen)


def sums_in_base(documents: Documents, chosen: Mask) -> tuple[DocumentSum, ...]:
    """Sums of the chosen rows in the currencies their books are kept in, by code; what has no rate adds nothing."""
    return _sums(documents.base_currency, documents.base_total, open_of(documents, documents.base_balance), chosen)


def count_without_rate(documents: Documents, chosen: Mask) -> tuple[WithoutRate, ...]:
    """Those of the chosen rows that add nothing to a sum in base, by base and currency."""
    places = np.flatnonzero(chosen & (documents.flags & DocumentFlag.NO_RATE != 0))
    currency, base = documents.currency[places].tolist(), documents.base_currency[places].tolist()
    counts = Counter(zip(base, currency, strict=True))
    found = [
        WithoutRate(currency_of_numeric(own).code, currency_of_numeric(kept).code, count)
        for (kept, own), count in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.base, one.currency)))


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
