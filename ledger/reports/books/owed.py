"""What is still to be paid, added up by contact, currency and age: the arrays behind ageing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ledger.currencies import currency_of_numeric
from ledger.reports.books.aged import BUCKETS, Aged, ContactAged, CurrencyAged
from ledger.reports.books.names import NO_CONTACT, ContactName
from ledger.reports.books.standings import NEVER_OWED, has_status, is_gone
from ledger.sheets.documents import DocumentFlag, Documents
from ledger.sheets.parts import Amounts, Mask, day_number

# The last day of each bucket but the last, in days after the due day.
BOUNDS = (0, 30, 60, 90)
CREDITS = len(BUCKETS)

Ints = NDArray[np.int64]
# Currency, amounts, base amounts, count.
_Entry = tuple[int, list[int], list[int], int]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Owed:
    """One entry for each contact (by code, ascending, 0 for none), currency and base currency. `amounts` and `bases` have
    a column for each bucket and one for unused credit notes, which is ≤ 0; `counts` are invoices or bills."""

    contact: Ints
    currency: Ints
    base_currency: Ints
    amounts: Amounts
    bases: Amounts
    counts: Ints

    def aged(self, chosen: Mask) -> Aged:
        """The sum of entries that are of one currency."""
        return _aged(self.amounts[chosen].sum(axis=0).tolist(), int(self.counts[chosen].sum()))

    def aged_in_base(self, chosen: Mask) -> Aged:
        """The sum of entries that are of one base currency."""
        return _aged(self.bases[chosen].sum(axis=0).tolist(), int(self.counts[chosen].sum()))

    def by_size(self, base: int) -> list[int]:
        """The contacts who owe in a base currency, by code, the largest first."""
        here = self.base_currency == base
        contacts, rows = np.unique(self.contact[here], return_inverse=True)
        totals = np.zeros(len(contacts), np.int64)
        np.add.at(totals, rows, self.bases[here].sum(axis=1))
        return [int(one) for one in contacts[np.argsort(-totals, kind="stable")]]

    def of_contacts(
        self, contacts: Sequence[int], base: int, names: Mapping[int, ContactName]
    ) -> Iterator[ContactAged]:
        """What each of these contacts owes in the books of one base currency; each has entries there."""
        here = np.flatnonzero(self.base_currency == base)
        starts = np.searchsorted(self.contact[here], contacts, side="left")
        ends = np.searchsorted(self.contact[here], contacts, side="right")
        columns = (self.currency, self.amounts, self.bases, self.counts)
        entries = list(zip(*(column[here].tolist() for column in columns), strict=True))
        code = currency_of_numeric(base).code
        for contact, start, end in zip(contacts, starts.tolist(), ends.tolist(), strict=True):
            yield _contact(entries[start:end], code, names.get(contact))


def is_owed(documents: Documents) -> Mask:
    """The rows that something is still to be paid of, or of a credit note to be used."""
    is_expense = documents.flags & DocumentFlag.EXPENSE != 0
    return np.asarray((documents.balance != 0) & ~is_expense & ~is_gone(documents) & ~has_status(documents, NEVER_OWED))


def add_up_owed(documents: Documents, today: date) -> Owed:
    """The documents of one side, by their age at the end of `today`."""
    places = np.flatnonzero(is_owed(documents))
    # Contact, currency and base currency in one key: ISO numbers need ten bits.
    key = documents.contact[places].astype(np.int64) << 20
    key |= documents.currency[places].astype(np.int64) << 10 | documents.base_currency[places]
    keys, rows = np.unique(key, return_inverse=True)
    is_credit = documents.flags[places] & DocumentFlag.CREDIT_NOTE != 0
    columns = np.searchsorted(BOUNDS, day_number(today) - documents.due_day[places].astype(np.int64))
    columns[is_credit] = CREDITS
    sign = np.where(is_credit, -1, 1)
    amounts, bases = np.zeros((2, len(keys), CREDITS + 1), np.int64)
    np.add.at(amounts, (rows, columns), sign * documents.balance[places])
    np.add.at(bases, (rows, columns), sign * documents.base_balance[places])
    counts = np.bincount(rows[~is_credit], minlength=len(keys))
    return Owed(keys >> 20, keys >> 10 & 1023, keys & 1023, amounts, bases, counts)


def _contact(entries: Sequence[_Entry], base: str, name: ContactName | None) -> ContactAged:
    each = [CurrencyAged(currency_of_numeric(entry[0]).code, _aged(entry[1], entry[3])) for entry in entries]
    return ContactAged(
        contact_id=name.id if name else None,
        name=name.name if name else NO_CONTACT,
        base_currency=base,
        base=_aged(
            [sum(column) for column in zip(*(entry[2] for entry in entries), strict=True)],
            sum(entry[3] for entry in entries),
        ),
        currencies=tuple(sorted(each, key=lambda one: one.currency)),
    )


def _aged(amounts: Sequence[int], count: int) -> Aged:
    return Aged(tuple(amounts[:CREDITS]), amounts[CREDITS], count)
