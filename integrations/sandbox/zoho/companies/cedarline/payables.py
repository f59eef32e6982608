"""Vendors, their bills, and the payments of the bank's that pay them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from integrations.sandbox.bank import Row
from integrations.sandbox.company.bills import BILLS, SUPPLIERS
from integrations.sandbox.zoho.books.amounts import split
from integrations.sandbox.zoho.books.facts import Contact, Document, Item, Payment, Share
from integrations.sandbox.zoho.companies.cedarline import unpaid
from integrations.sandbox.zoho.companies.cedarline.bank import BankRows
from integrations.sandbox.zoho.companies.cedarline.chart import BILLED
from integrations.sandbox.zoho.companies.cedarline.paid import paid_in
from integrations.sandbox.zoho.companies.picks import one_in, pick
from integrations.sandbox.zoho.companies.rates import dollars_for

BRITISH = ("Haverford Machining", "Opaline Optics")


def _contacts() -> Iterator[Contact]:
    for number, bill in enumerate(BILLS):
        currency = "EUR" if bill.account == "euro" else "USD"
        yield Contact(f"vendor-{number}", bill.party, "vendor", currency, 15, company=bill.party)
    for number, (name, _, _) in enumerate(SUPPLIERS):
        currency = "GBP" if name in BRITISH else "USD"
        yield Contact(f"supplier-{number}", name, "vendor", currency, 30, company=name)
    yield Contact("vendor-old", "Maple Street Printing", "vendor", "USD", 30, is_active=False)


CONTACTS = tuple(_contacts())
BY_NAME = {one.name: one for one in CONTACTS}


@dataclass(frozen=True, slots=True)
class Bought:
    documents: tuple[Document, ...]
    payments: tuple[Payment, ...]


def derive(bank: BankRows) -> Bought:
    documents: list[Document] = []
    payments: list[Payment] = []
    for row in bank.vendor_payments:
        contact = BY_NAME[row.party or ""]
        paid = paid_in(row, contact.currency)
        bills = list(_bills(contact, row, paid.minor))
        documents += bills
        payments.append(
            Payment(
                side="vendor",
                key=f"paid-{row.key}",
                contact=contact.key,
                number=row.key[2:],
                date=row.date,
                account=row.account,
                currency=contact.currency,
                minor=paid.minor,
                base=paid.base,
                rate=paid.rate,
                shares=tuple(Share(bill.key, bill.total) for bill in bills),
                mode="Check" if row.check_number else "Bank Transfer",
                reference=row.check_number or row.reference or "",
            )
        )
    suppliers = [one for one in CONTACTS if one.key.startswith("supplier") and one.currency == "USD"]
    documents += unpaid.bills(bank.horizon, suppliers, "components")
    return Bought(tuple(documents), tuple(payments))


def _bills(contact: Contact, row: Row, total: int) -> Iterator[Document]:
    """One, or of a supplier now and then two that are paid together."""
    issued = row.date - timedelta(days=pick(f"lead {row.key}", 6, 34))
    is_supplier = contact.key.startswith("supplier")
    parts = split(total, (4, 3)) if is_supplier and one_in(f"two {row.key}", 8) else [total]
    initials = "".join(word[0] for word in contact.name.split() if word[0].isalpha())
    for position, part in enumerate(parts):
        day = issued - timedelta(days=4 * position)
        yield Document(
            kind="bill",
            key=f"bill-{row.key}-{position}",
            contact=contact.key,
            number=f"{initials}-{day:%y%m%d}{pick(row.key, 10, 99)}",
            date=day,
            due=day + timedelta(days=contact.terms),
            currency=contact.currency,
            rate=dollars_for(contact.currency, day),
            items=_items(contact, row, part),
            reference=row.reference or "",
        )


def _items(contact: Contact, row: Row, total: int) -> tuple[Item, ...]:
    account = BILLED[contact.name]
    if account == "components" and one_in(f"freight {row.key}", 2):
        goods, freight = split(total, (94, 6))
        return Item(account, "Components", goods), Item("freight", "Freight", freight)
    return (Item(account, contact.name, total),)
