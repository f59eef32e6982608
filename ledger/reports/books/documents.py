"""Lists of documents of a kind, a page at a time, with the sums of all that match.

In the order of dates and without words the rows are read by keyset in SQL; searched, or in another order, they are chosen
in the sheets, and fifty of them are read by id. Sums always come from the sheets.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import Coalesce

from ledger.books_kinds import DocumentKind, DocumentStatus
from ledger.models import Document
from ledger.reports.books.choosing import Chosen, choose_documents
from ledger.reports.books.filters import DocumentFilter, DocumentOrder
from ledger.reports.books.names import read_contacts_by_id
from ledger.reports.books.reading import ReadDocuments
from ledger.reports.books.standings import FALL_DUE, STILL_OPEN, standing_of
from ledger.reports.books.sums import DocumentSum, WithoutRate, count_without_rate, sums_in_base, sums_of
from ledger.reports.freshness import Freshness, freshness_of
from ledger.sheets.books_codebook import base_currencies
from ledger.sheets.books_rows import in_base

PAGE = 50


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document, opened. Amounts are minor units of `currency`, ≥ 0 on either side.

    `standing` is how it stands today, `days_overdue` for how many days (0 for none). `balance` is what is still open. The
    base amounts are at the document's `rate` (base units for one unit), None where it has none.
    """

    id: UUID
    kind: DocumentKind
    number: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    date: dt.date
    due_date: dt.date | None
    last_payment_date: dt.date | None
    standing: DocumentStatus
    days_overdue: int
    contact_id: UUID | None
    contact_name: str | None = field(repr=False)
    currency: str
    total: int = field(repr=False)
    balance: int = field(repr=False)
    written_off: int = field(repr=False)
    base_currency: str
    base_total: int | None = field(repr=False)
    base_balance: int | None = field(repr=False)
    rate: Decimal | None
    is_gone: bool


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """At most 50 rows; `next_cursor` is the last row's id if more follow, `previous_cursor` the first row's if others come
    before it. `count` and sums are of all that match, as the sheets have them: see `freshness`. Documents `without_rate` are
    in no amount of `bases`."""

    rows: tuple[DocumentLine, ...]
    next_cursor: UUID | None
    previous_cursor: UUID | None
    count: int
    currencies: tuple[DocumentSum, ...]
    bases: tuple[DocumentSum, ...]
    without_rate: tuple[WithoutRate, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class _Window:
    """The ids of a page in order, and whether others come before and after them."""

    ids: Sequence[UUID]
    has_before: bool
    has_after: bool


def list_documents(
    kind: DocumentKind,
    wanted: DocumentFilter,
    *,
    today: dt.date,
    cursor: UUID | None = None,
    before: UUID | None = None,
    read: ReadDocuments | None = None,
) -> DocumentPage:
    """The page of matching documents after the row `cursor`, or of those that come just before the row `before`. `read` are
    the book's documents, where they were read already.

    A cursor is a row's id; one that is unknown is the beginning, and so is a page back that would not be full. Following
    `next_cursor` visits each matching row exactly once, also when others come or go meanwhile. Raises UnknownCurrency.
    """
    at = before or cursor
    chosen = choose_documents(kind, wanted, today=today, read=read)
    if wanted.needs_sheets:
        window = _sheet_window(chosen, wanted.order, at, is_back=before is not None)
    else:
        window = _row_window(kind, wanted, today, at, is_back=before is not None)
    found = Document.objects.in_bulk(window.ids)
    rows = open_documents([found[one] for one in window.ids if one in found], today=today)
    return DocumentPage(
        rows=rows,
        next_cursor=rows[-1].id if rows and window.has_after else None,
        previous_cursor=rows[0].id if rows and window.has_before else None,
        count=chosen.count,
        currencies=sums_of(chosen.documents, chosen.matching),
        bases=sums_in_base(chosen.documents, chosen.matching),
        without_rate=count_without_rate(chosen.documents, chosen.matching),
        freshness=freshness_of(chosen.heads),
    )


def open_documents(documents: Collection[Document], *, today: dt.date) -> tuple[DocumentLine, ...]:
    """The documents opened, in the order given; two queries, for their contacts and organisations."""
    names = read_contacts_by_id({one.contact_id for one in documents if one.contact_id})
    bases = base_currencies() if documents else {}
    lines = []
    for one in documents:
        feed, kind, base = one.feed, DocumentKind(one.kind), bases[one.connection_id]
        due = one.due_date or one.date
        standing = standing_of(kind, DocumentStatus(one.status), due, today)
        lines.append(
            DocumentLine(
                id=one.id,
                kind=kind,
                number=feed.number,
                reference=feed.reference,
                date=one.date,
                due_date=one.due_date,
                last_payment_date=feed.last_payment_date,
                standing=standing,
                days_overdue=(today - due).days if standing == DocumentStatus.OVERDUE else 0,
                contact_id=one.contact_id,
                contact_name=names[one.contact_id].name if one.contact_id else feed.contact_name,
                currency=one.currency,
                total=feed.total,
                balance=feed.balance,
                written_off=feed.written_off,
                base_currency=base,
                base_total=in_base(feed, feed.total, one.currency, base),
                base_balance=in_base(feed, feed.balance, one.currency, base),
                rate=Decimal(feed.rate) if feed.rate else None,
                is_gone=one.is_gone,
            )
        )
    return tuple(lines)


def _sheet_window(chosen: Chosen, order: DocumentOrder, at: UUID | None, *, is_back: bool) -> _Window:
    if chosen.has(at):
        ids = chosen.ids(order, PAGE + 1, after=at, backwards=is_back)
        if is_back and len(ids) > PAGE:
            return _Window(ids[PAGE - 1 :: -1], True, True)
        if ids and not is_back:
            return _Window(ids[:PAGE], True, len(ids) > PAGE)
    ids = chosen.ids(order, PAGE + 1, after=None)
    return _Window(ids[:PAGE], False, len(ids) > PAGE)


def _row_window(
    kind: DocumentKind, wanted: DocumentFilter, today: dt.date, at: UUID | None, *, is_back: bool
) -> _Window:
    day = Document.objects.filter(id=at).values_list("date", flat=True).first() if at else None
    rows = _matching_rows(kind, wanted, today)
    descends = (wanted.order == DocumentOrder.NEWEST) != (is_back and day is not None)
    if day:
        rows = _beyond(rows, day, at, descends=descends)
    rows = rows.order_by("-date", "-id") if descends else rows.order_by("date", "id")
    ids = list(rows.values_list("id", flat=True)[: PAGE + 1])
    if day and (not ids or (is_back and len(ids) <= PAGE)):
        return _row_window(kind, wanted, today, None, is_back=False)
    if day and is_back:
        return _Window(ids[PAGE - 1 :: -1], True, True)
    return _Window(ids[:PAGE], day is not None, len(ids) > PAGE)


def _matching_rows(kind: DocumentKind, wanted: DocumentFilter, today: dt.date) -> QuerySet[Document]:
    rows = Document.objects.filter(kind=kind, deleted_at=None)
    if wanted.first:
        rows = rows.filter(date__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(date__lte=wanted.last)
    if wanted.contacts:
        rows = rows.filter(contact_id__in=wanted.contacts)
    if wanted.currencies:
        rows = rows.filter(currency__in=wanted.currencies)
    if wanted.statuses:
        rows = rows.annotate(due=Coalesce(F("due_date"), F("date"), output_field=DateField()))
        chosen = Q(pk__in=[])
        for status in wanted.statuses:
            chosen |= _stands(kind, status, today)
        rows = rows.filter(chosen)
    return rows


def _stands(kind: DocumentKind, status: DocumentStatus, today: dt.date) -> Q:
    """What `standing_of` says, in SQL."""
    is_late = Q(status__in=STILL_OPEN, due__lt=today) if kind in FALL_DUE else Q(pk__in=[])
    if status == DocumentStatus.OVERDUE:
        return is_late
    told = (DocumentStatus.OPEN, DocumentStatus.OVERDUE) if status == DocumentStatus.OPEN else (status,)
    return Q(status__in=told) & ~is_late


def _beyond(rows: QuerySet[Document], day: dt.date, at: UUID | None, *, descends: bool) -> QuerySet[Document]:
    if descends:
        return rows.filter(date__lte=day).exclude(date=day, id__gte=at)
    return rows.filter(date__gte=day).exclude(date=day, id__lte=at)
