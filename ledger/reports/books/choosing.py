"""The documents that a filter matches, chosen in the sheets, and a page of their ids in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from ledger.books_kinds import DocumentKind
from ledger.currencies import find_currency
from ledger.models import Contact
from ledger.reports.books.filters import DocumentFilter, DocumentOrder
from ledger.reports.books.names import read_contacts
from ledger.reports.books.reading import ReadDocuments, read_documents
from ledger.reports.books.standings import is_gone, is_of_kind, standings
from ledger.reports.books.sums import open_of
from ledger.reports.transactions.matching import terms_of
from ledger.reports.transactions.ordering import nearest
from ledger.sheets.documents import STATUS_CODES, Documents, join_documents
from ledger.sheets.heads import Head, month_of
from ledger.sheets.layout import Column
from ledger.sheets.parts import Codes, Mask, day_number, id_halves, last_of_month
from ledger.sheets.reading import BEGINNING, END, OpenedMonth, Part, stream_sheets
from ledger.sheets.words import find_words, rows_with

LARGEST_FIRST = (DocumentOrder.NEWEST, DocumentOrder.LARGEST, DocumentOrder.OPEN_FIRST)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chosen:
    """The documents that were looked at, the mask of those that match, and the heads of the sheets they were read from."""

    heads: tuple[Head, ...]
    documents: Documents
    matching: Mask

    @property
    def count(self) -> int:
        return int(self.matching.sum())

    def ids(self, order: DocumentOrder, size: int, *, after: UUID | None, backwards: bool = False) -> list[UUID]:
        """The ids of the first `size` matches after the row `after`, or of those before it, the nearest first.

        Rows are ordered by (key, id), so that equal keys have one order too; without a row, matching or not, to come
        after it is the beginning. Of many rows only those that can be among the first are sorted.
        """
        descends = (order in LARGEST_FIRST) != backwards
        key = _turned(_column(self.documents, order).astype(np.int64), descends)
        places = np.flatnonzero(self.matching if after is None else self.matching & self._later(key, after, descends))
        places = nearest(key, places, size)
        high, low = self._halves(places, descends)
        first = places[np.lexsort((low, high, key[places]))[:size]]
        return [UUID(bytes=one.tobytes()) for one in self.documents.id[first]]

    def has(self, row: UUID | None) -> bool:
        """Whether a row was looked at, matching or not."""
        return row is not None and self._place_of(row) >= 0

    def _place_of(self, row: UUID) -> int:
        found = np.flatnonzero(self.documents.id == np.frombuffer(row.bytes, "V16")[0])
        return int(found[0]) if len(found) else -1

    def _later(self, key: Column, row: UUID, descends: bool) -> Mask:
        """The rows that come after this one."""
        place = self._place_of(row)
        later = np.asarray(key > key[place])
        equal = np.flatnonzero(key == key[place])
        high, low = self._halves(equal, descends)
        (at_high,), (at_low,) = self._halves(np.array([place]), descends)
        later[equal] = (high > at_high) | ((high == at_high) & (low > at_low))
        return later

    def _halves(self, places: Column, descends: bool) -> tuple[Column, Column]:
        high, low = id_halves(self.documents.id[places])
        return _turned(high, descends), _turned(low, descends)


def choose_documents(
    kind: DocumentKind, wanted: DocumentFilter, *, today: date, read: ReadDocuments | None = None
) -> Chosen:
    """The documents of a kind, out of those that were `read` already, or from one statement; in two or three more for words,
    a text being held for one month at a time. Raises UnknownCurrency."""
    read = read or read_documents(kind.book)
    terms, codes, named = _terms(wanted.text), _contact_codes(wanted.contacts), None
    if terms:
        named = _search(kind, wanted, terms, read)
        if named is None:
            read, named = _read_and_search(kind, terms)
    matching = _matches(kind, wanted, codes, read.documents, today)
    return Chosen(read.heads, read.documents, matching if named is None else matching & named)


@dataclass(frozen=True, slots=True, repr=False)
class _Term:
    """A folded word, and the codes of the contacts that it names."""

    word: bytes
    contacts: Sequence[int]

    def is_in(self, contact: Codes, month: OpenedMonth) -> Mask:
        """Which of a month's rows, of these contacts, hold it."""
        named: Mask = np.isin(contact, self.contacts)
        return named | rows_with(find_words(self.word, month.words), month.text)


def _terms(text: str) -> list[_Term]:
    words = terms_of(text)
    searched = {one.code: one.searched for one in read_contacts().values()} if words else {}
    return [_Term(word, [code for code, line in searched.items() if word.decode() in line]) for word in words]


def _contact_codes(ids: Sequence[UUID]) -> list[int]:
    return list(Contact.objects.filter(id__in=ids).values_list("code", flat=True)) if ids else []


def _search(kind: DocumentKind, wanted: DocumentFilter, terms: Sequence[_Term], read: ReadDocuments) -> Mask | None:
    """Which documents hold all terms, those outside the days that are wanted left out. None when a month was written since
    the documents were read."""
    documents, found = read.documents, np.zeros(len(read.documents), bool)
    versions = {head.month: head.text_version for head in read.heads}
    first = month_of(wanted.first) if wanted.first else BEGINNING
    last = month_of(wanted.last) if wanted.last else END
    is_same = True
    for month in stream_sheets(kind.book, [Part.WORDS, Part.TEXT], first=first, last=last):
        day = month.head.month
        is_same &= versions.get(day) == month.head.text_version
        if is_same:
            start = np.searchsorted(documents.day, day_number(day), "left")
            end = np.searchsorted(documents.day, day_number(last_of_month(day)), "right")
            found[start:end] = _hold_all(terms, documents.contact[start:end], month)
    return found if is_same else None


def _read_and_search(kind: DocumentKind, terms: Sequence[_Term]) -> tuple[ReadDocuments, Mask]:
    """All documents, and which of them hold all terms, from one statement."""
    heads, parts, found = list[Head](), list[Documents](), [np.zeros(0, bool)]
    for month in stream_sheets(kind.book, [Part.DOCUMENTS, Part.WORDS, Part.TEXT]):
        heads.append(month.head)
        parts.append(month.documents)
        found.append(_hold_all(terms, month.documents.contact, month))
    # They came newest first.
    read = ReadDocuments(tuple(reversed(heads)), join_documents(parts[::-1]))
    return read, np.concatenate(found[::-1])


def _hold_all(terms: Sequence[_Term], contact: Codes, month: OpenedMonth) -> Mask:
    return np.asarray(np.logical_and.reduce([term.is_in(contact, month) for term in terms]))


def _matches(
    kind: DocumentKind, wanted: DocumentFilter, contacts: Sequence[int], documents: Documents, today: date
) -> Mask:
    mask = is_of_kind(documents, kind) & ~is_gone(documents)
    if wanted.first:
        mask &= documents.day >= day_number(wanted.first)
    if wanted.last:
        mask &= documents.day <= day_number(wanted.last)
    if wanted.contacts:
        mask &= np.isin(documents.contact, contacts)
    if wanted.currencies:
        mask &= np.isin(documents.currency, [find_currency(code).numeric for code in wanted.currencies])
    if wanted.statuses:
        mask &= np.isin(standings(documents, today), [STATUS_CODES[status] for status in wanted.statuses])
    return mask


def _column(documents: Documents, order: DocumentOrder) -> Column:
    by_order: dict[DocumentOrder, Column] = {
        DocumentOrder.NEWEST: documents.day,
        DocumentOrder.OLDEST: documents.day,
        DocumentOrder.DUE: documents.due_day,
        DocumentOrder.LARGEST: documents.base_total,
        DocumentOrder.OPEN_FIRST: open_of(documents, documents.base_balance),
    }
    return by_order[order]


def _turned(numbers: Column, descends: bool) -> Column:
    """Numbers that ascend in the order wanted."""
    return ~numbers if descends else numbers
