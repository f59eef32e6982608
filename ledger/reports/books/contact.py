"""One customer or vendor: what is open, and everything between them and us, newest first."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import numpy as np

from ledger.books_kinds import ContactKind
from ledger.models import Document, Payment
from ledger.reports.books.ageing import ageing_from
from ledger.reports.books.contacts import SIDE_OF, ContactLine, contact_line
from ledger.reports.books.documents import DocumentLine, open_documents
from ledger.reports.books.names import ContactName, read_contacts_by_id
from ledger.reports.books.reading import ReadDocuments, read_documents
from ledger.reports.freshness import Freshness
from ledger.sheets.codebook import base_currency
from ledger.sheets.documents import take_documents
from vault.blobs import fetch_binary

PAGE = 50
# The newest of both, after a row or from the beginning; what is gone from the books is left out.
HISTORY = """
    SELECT id, is_payment FROM (
        (SELECT id, date, false AS is_payment FROM ledger_document
         WHERE contact_id = %s AND deleted_at IS NULL AND (date, id) < (%s, %s) ORDER BY date DESC, id DESC LIMIT %s)
        UNION ALL
        (SELECT id, date, true FROM ledger_payment
         WHERE contact_id = %s AND deleted_at IS NULL AND (date, id) < (%s, %s) ORDER BY date DESC, id DESC LIMIT %s)
    ) AS entries ORDER BY date DESC, id DESC LIMIT %s
"""
LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment, opened: from a customer or to a vendor, minor units ≥ 0 of `currency`."""

    id: UUID
    kind: ContactKind
    date: date
    number: str | None = field(repr=False)
    mode: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    currency: str
    minor: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """A contact with what is open (`contact.owed`, None for nothing), as the sheets have it: see `freshness`.

    `history` is at most 50 documents and payments, newest first; `next_cursor` is the last one's id if older ones follow.
    """

    contact: ContactLine
    history: tuple[DocumentLine | PaymentLine, ...]
    next_cursor: UUID | None
    freshness: Freshness


def read_contact(contact_id: UUID, *, today: date, cursor: UUID | None = None) -> ContactDetail | None:
    """A contact of the workspace in scope with the page of its history after `cursor`; None when it has none of this id."""
    name = read_contacts_by_id([contact_id]).get(contact_id)
    if name is None:
        return None
    side = SIDE_OF[name.kind]
    ageing = ageing_from(
        _of_contact(read_documents(side.book), name), side, today=today, first_currency=base_currency()
    )
    owed = next((one for base in ageing.bases for one in base.contacts), None)
    entries = _read_history(contact_id, cursor)
    history = _open_history(entries[:PAGE], today)
    return ContactDetail(
        contact=contact_line(name, owed),
        history=history,
        next_cursor=history[-1].id if history and len(entries) > PAGE else None,
        freshness=ageing.freshness,
    )


def _of_contact(read: ReadDocuments, name: ContactName) -> ReadDocuments:
    here = np.flatnonzero(read.documents.contact == name.code)
    return ReadDocuments(read.heads, take_documents(read.documents, here))


def _read_history(contact_id: UUID, cursor: UUID | None) -> list[tuple[UUID, bool]]:
    day = _day_of(cursor) if cursor else None
    after = (day, cursor) if day else (date.max, LAST)
    of_each = [contact_id, *after, PAGE + 1]
    return [(row_id, is_payment) for row_id, is_payment in fetch_binary(HISTORY, [*of_each, *of_each, PAGE + 1])]


def _day_of(row: UUID) -> date | None:
    for model in (Document, Payment):
        if found := model.objects.filter(id=row).values_list("date", flat=True).first():
            return found
    return None


def _open_history(entries: list[tuple[UUID, bool]], today: date) -> tuple[DocumentLine | PaymentLine, ...]:
    documents = Document.objects.filter(id__in=[row_id for row_id, is_payment in entries if not is_payment])
    payments = Payment.objects.filter(id__in=[row_id for row_id, is_payment in entries if is_payment])
    lines: dict[UUID, DocumentLine | PaymentLine] = {one.id: one for one in open_documents(documents, today=today)}
    lines |= {one.id: _payment_line(one) for one in payments}
    return tuple(lines[row_id] for row_id, _ in entries if row_id in lines)


def _payment_line(payment: Payment) -> PaymentLine:
    return PaymentLine(
        id=payment.id,
        kind=ContactKind(payment.kind),
        date=payment.date,
        number=payment.feed.number,
        mode=payment.feed.mode,
        reference=payment.feed.reference,
        currency=payment.currency,
        minor=payment.feed.minor,
    )
