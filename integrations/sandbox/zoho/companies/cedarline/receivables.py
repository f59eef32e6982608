"""Customers, their invoices, and the receipts that pay them.

Every receipt of the bank's pays something: orders one or two invoices, subscriptions one invoice, or an instalment of one
that covers two or three months. Beside them stand invoices that are never paid: disputed ones, void ones, drafts.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from integrations.sandbox.bank import Row
from integrations.sandbox.company.people import EURO_CUSTOMERS, SUBSCRIBERS
from integrations.sandbox.zoho.books.amounts import split
from integrations.sandbox.zoho.books.facts import (
    Contact,
    Credit,
    Document,
    Item,
    Payment,
    Refund,
    Share,
)
from integrations.sandbox.zoho.companies.cedarline import unpaid
from integrations.sandbox.zoho.companies.cedarline.bank import BankRows
from integrations.sandbox.zoho.companies.cedarline.paid import Paid, paid_in
from integrations.sandbox.zoho.companies.picks import one_in, pick
from integrations.sandbox.zoho.companies.rates import dollars_for

BRITISH = (
    "Galloway Distillers",
    "Bexhill Recycling",
    "Kingsbridge Cement",
    "Ivybridge Clinics",
    "Dunmore Cold Storage",
)
TAX_SHARE = (100, 6)
LONGEST_GROUP = timedelta(days=100)


def _contact(key: str, name: str, currency: str, terms: int) -> Contact:
    domain = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    return Contact(key, name, "customer", currency, terms, company=name, email=f"accounts@{domain}.example")


def _currency(name: str) -> str:
    return "GBP" if name in BRITISH else "USD"


CONTACTS = (
    *(
        _contact(f"customer-{number}", one.name, _currency(one.name), 30 * (1 + number % 3))
        for number, one in enumerate(SUBSCRIBERS)
    ),
    *(_contact(f"euro-{number}", one.name, "EUR", 30 * (1 + number % 3)) for number, one in enumerate(EURO_CUSTOMERS)),
)
BY_NAME = {one.name: one for one in CONTACTS}


@dataclass(frozen=True, slots=True)
class Sold:
    documents: tuple[Document, ...]
    payments: tuple[Payment, ...]
    credits: tuple[Credit, ...]
    refunds: tuple[Refund, ...]


def derive(bank: BankRows) -> Sold:
    documents: list[Document] = []
    payments: list[Payment] = []
    used: list[Credit] = []
    numbers = _Numbers()
    for receipts in _groups(bank.receipts):
        contact = BY_NAME[receipts[0].party or ""]
        invoices = _invoices(contact, receipts, numbers)
        note = _note_within(contact, receipts, invoices)
        if note is not None:
            invoices = [note.invoice]
            used.append(note.credit)
            documents.append(note.note)
        documents += invoices
        payments += _payments(contact, receipts, invoices)
    refunds = []
    for row in bank.refunds:
        returned = _refund(row)
        documents.append(returned.note)
        refunds.append(returned.refund)
    documents += unpaid.invoices(bank.horizon, [one for one in CONTACTS if one.currency == "USD"])
    return Sold(tuple(documents), tuple(payments), tuple(used), tuple(refunds))


class _Numbers:
    """An invoice bears the number that its payer quotes to the bank; a second one of that number gets a suffix."""

    def __init__(self) -> None:
        self._given: dict[str, int] = defaultdict(int)

    def take(self, wanted: str) -> str:
        self._given[wanted] += 1
        return wanted if self._given[wanted] == 1 else f"{wanted}-{self._given[wanted]}"


def _groups(receipts: list[Row]) -> Iterator[list[Row]]:
    """Receipts that belong together, by the first of them; a group that may still grow is left out."""
    open_ones: dict[str, list[Row]] = {}
    done: list[list[Row]] = []
    last = receipts[-1].date if receipts else date.min
    for row in receipts:
        contact = BY_NAME[row.party or ""]
        size = contact.terms // 30
        if row.method == "Wire" or size == 1:
            done.append([row])
            continue
        group = open_ones.setdefault(contact.key, [])
        if group and row.date - group[0].date > LONGEST_GROUP:
            done.append(group)
            group = open_ones[contact.key] = []
        group.append(row)
        if len(group) == size:
            done.append(open_ones.pop(contact.key))
    done += [group for group in open_ones.values() if last - group[0].date > LONGEST_GROUP]
    return iter(sorted(done, key=lambda group: (group[0].date, group[0].key)))


def _invoices(contact: Contact, receipts: list[Row], numbers: _Numbers) -> list[Document]:
    first = receipts[0]
    is_order = first.method == "Wire"
    total = sum(paid_in(row, contact.currency).minor for row in receipts)
    lead = _lead(first, is_instalment=not is_order and len(receipts) > 1)
    issued = first.date - timedelta(days=lead)
    terms = 30 if is_order else contact.terms
    parts = split(total, (3, 2)) if is_order and one_in(f"two {first.key}", 4) else [total]
    return [
        Document(
            kind="invoice",
            key=f"inv-{first.key}-{position}",
            contact=contact.key,
            number=numbers.take(first.reference or "INV"),
            date=issued - timedelta(days=3 * position),
            due=issued - timedelta(days=3 * position) + timedelta(days=terms),
            currency=contact.currency,
            rate=dollars_for(contact.currency, issued),
            items=_items(contact, part, first, is_order=is_order),
            reference=f"PO-{pick(first.key, 1_000, 9_999)}" if is_order else "",
        )
        for position, part in enumerate(parts)
    ]


def _lead(row: Row, *, is_instalment: bool) -> int:
    """Days from the invoice to its first payment, within 30 days most often; one in ten customers has to be reminded."""
    if is_instalment:
        return pick(f"lead {row.key}", 4, 14)
    return pick(f"lead {row.key}", 62, 118) if one_in(f"slow {row.key}", 10) else pick(f"lead {row.key}", 16, 44)


def _items(contact: Contact, total: int, row: Row, *, is_order: bool) -> tuple[Item, ...]:
    """Instruments sold within the country bear sales tax, which is in what the customer pays."""
    if is_order and contact.currency == "USD":
        net, tax = split(total, TAX_SHARE)
        return Item("instruments", "Water quality sensors", net), Item("sales_tax", "Sales tax 6%", tax)
    if is_order:
        return (Item("instruments", "Water quality sensors, export", total),)
    if one_in(f"calibrated {row.key}", 3):
        flat, service = split(total, (85, 15))
        return Item("subscriptions", "Sensor network", flat), Item("calibration", "Calibration on site", service)
    return (Item("subscriptions", "Sensor network", total),)


def _payments(contact: Contact, receipts: list[Row], invoices: list[Document]) -> Iterator[Payment]:
    """Several receipts pay one invoice, or one pays several."""
    for row in receipts:
        paid = paid_in(row, contact.currency)
        shares = (
            (Share(invoices[0].key, paid.minor),)
            if len(invoices) == 1
            else tuple(Share(one.key, one.total) for one in invoices)
        )
        yield _payment(contact, row, paid, shares)


def _payment(contact: Contact, row: Row, paid: Paid, shares: tuple[Share, ...]) -> Payment:
    return Payment(
        side="customer",
        key=f"pay-{row.key}",
        contact=contact.key,
        number=row.key[2:],
        date=row.date,
        account=row.account,
        currency=contact.currency,
        minor=paid.minor,
        base=paid.base,
        rate=paid.rate,
        shares=shares,
        mode="Wire" if row.method == "Wire" else "Bank Transfer",
        reference=row.reference or "",
    )


@dataclass(frozen=True, slots=True)
class _Note:
    note: Document
    credit: Credit
    invoice: Document


def _note_within(contact: Contact, receipts: list[Row], invoices: list[Document]) -> _Note | None:
    """Now and then something was not as ordered: the invoice was higher, and a credit note took the rest."""
    invoice = invoices[0]
    if contact.currency != "USD" or len(receipts) > 1 or len(invoices) > 1 or not one_in(f"note {invoice.key}", 14):
        return None
    minor = invoice.total // 12
    item = invoice.items[0]
    higher = (Item(item.account, item.name, item.minor + minor), *invoice.items[1:])
    day = invoice.date + timedelta(days=5)
    note = _credit_note(
        f"note-{invoice.key}", contact, f"CN-A{invoice.number[4:]}", day, Item(item.account, "Credit", minor)
    )
    return _Note(
        note,
        Credit(note.key, invoice.key, day + timedelta(days=2), minor),
        Document(
            kind="invoice",
            key=invoice.key,
            contact=invoice.contact,
            number=invoice.number,
            date=invoice.date,
            due=invoice.due,
            currency=invoice.currency,
            rate=invoice.rate,
            items=higher,
            reference=invoice.reference,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Returned:
    note: Document
    refund: Refund


def _refund(row: Row) -> _Returned:
    """Money that went back to a customer, for a credit note of some days before."""
    contact = BY_NAME[row.party or ""]
    paid = paid_in(row, contact.currency)
    day = row.date - timedelta(days=6)
    number = f"{row.reference}-{row.date:%y%m}"
    note = _credit_note(f"cn-{row.key}", contact, number, day, Item("subscriptions", "Credit", paid.minor))
    refund = Refund(
        key=f"refund-{row.key}",
        note=note.key,
        contact=contact.key,
        date=row.date,
        account=row.account,
        currency=contact.currency,
        minor=paid.minor,
        base=paid.base,
        reference=row.reference or "",
    )
    return _Returned(note, refund)


def _credit_note(key: str, contact: Contact, number: str, day: date, item: Item) -> Document:
    return Document(
        kind="creditnote",
        key=key,
        contact=contact.key,
        number=number,
        date=day,
        due=day,
        currency=contact.currency,
        rate=dollars_for(contact.currency, day),
        items=(item,),
    )
