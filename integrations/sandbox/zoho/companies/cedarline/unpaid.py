"""Documents that nobody pays: disputed, void, drafts, and credit notes that nobody uses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.zoho.books.facts import Contact, Document, DocumentKind, Item
from integrations.sandbox.zoho.companies.cedarline.bank import BOOKS_FROM
from integrations.sandbox.zoho.companies.picks import pick

GIVEN_UP_AFTER = timedelta(days=210)
TERMS = timedelta(days=30)


def invoices(horizon: date, customers: Sequence[Contact]) -> Iterator[Document]:
    """In dollars. A disputed one each quarter, given up after 210 days; each month drafts that come to nothing."""
    for month in _months(horizon):
        if month.month % 3 == 2:
            disputed = _document("invoice", "disputed", month.replace(day=10), customers, "subscriptions")
            yield replace(disputed, written_off=disputed.date + GIVEN_UP_AFTER)
        if month.month % 2 == 0:
            mistaken = _document("invoice", "mistaken", month.replace(day=20), customers, "subscriptions")
            yield replace(mistaken, voided=mistaken.date + timedelta(days=6))
        if month.month % 6 == 1:
            yield _document("creditnote", "unused", month.replace(day=15), customers, "subscriptions")
        for day in (12, 28):
            draft = _document("invoice", f"draft-{day}", month.replace(day=day), customers, "instruments")
            yield replace(draft, is_draft=True, gone=draft.date + timedelta(days=17))


def bills(horizon: date, vendors: Sequence[Contact], account: str) -> Iterator[Document]:
    for month in _months(horizon):
        if month.month % 4 == 1:
            disputed = _document("bill", "disputed", month.replace(day=18), vendors, account)
            yield replace(disputed, voided=disputed.date + GIVEN_UP_AFTER)
        if month.month % 3 == 0:
            mistaken = _document("bill", "mistaken", month.replace(day=7), vendors, account)
            yield replace(mistaken, voided=mistaken.date + timedelta(days=4))
        for day in (9, 25):
            draft = _document("bill", f"draft-{day}", month.replace(day=day), vendors, account)
            yield replace(draft, is_draft=True, gone=draft.date + timedelta(days=17))


def _document(kind: DocumentKind, what: str, day: date, contacts: Sequence[Contact], account: str) -> Document:
    key = f"{kind}-{what}-{day:%y%m%d}"
    contact = contacts[pick(f"who {key}", 0, len(contacts) - 1)]
    letters = {"invoice": "INV-1", "bill": "B-1", "creditnote": "CN-1"}[kind]
    return Document(
        kind=kind,
        key=key,
        contact=contact.key,
        number=f"{letters}{day:%y%m%d}",
        date=day,
        due=day + TERMS,
        currency="USD",
        rate=Decimal(1),
        items=(Item(account, "Sensor network" if kind != "bill" else "Components", pick(key, 40_000, 620_000)),),
    )


def _months(horizon: date) -> Iterator[date]:
    month = BOOKS_FROM
    while month <= horizon:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
