"""Cedarline Europe GmbH, a small sister company in euro: so that a person has two organisations to choose from."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from integrations.sandbox.zoho.books.amounts import to_base
from integrations.sandbox.zoho.books.facts import (
    Account,
    Contact,
    Document,
    Facts,
    Item,
    Line,
    Move,
    Organization,
    Payment,
    Share,
)
from integrations.sandbox.zoho.companies.chart import OPENING, plain_accounts, system_accounts
from integrations.sandbox.zoho.companies.rates import euro_for

ORGANIZATION = Organization(
    id="801460927",
    name="Cedarline Europe GmbH",
    currency="EUR",
    country="Germany",
    time_zone="CET",
    offset="+0100",
    plan="Standard",
    follows_specification=True,
)
START = date(2025, 3, 1)
BANK = "bank"

CHART = """
4000 sales           income             - Geräteverkauf
4100 service         income             - Wartung und Kalibrierung
5000 parts           cost_of_goods_sold - Bauteile
6000 rent            expense            - Miete
6100 advice          expense            - Beratung
6200 wages           expense            - Gehälter
"""

# name, currency, minor units a month, day of the month, days until it is paid
CUSTOMERS = (
    ("Stadtwerke Lechbruck", "EUR", 4_180_00, 3, 24),
    ("Molkerei Hallgarten", "EUR", 2_960_50, 6, 31),
    ("Aqua Ticino SA", "EUR", 3_720_00, 9, 17),
    ("Glashütte Ermis", "EUR", 1_845_25, 12, 45),
    ("Penrose Cider Works", "GBP", 1_650_00, 15, 28),
    ("Tamar Valley Water", "GBP", 2_310_40, 18, 36),
)
VENDORS = (
    ("Hofgarten Immobilien", "EUR", 2_400_00, 1, 5, "rent"),
    ("Sensorwerk Rhein GmbH", "EUR", 3_105_60, 8, 21, "parts"),
    ("Calder & Wye Advisory", "GBP", 880_00, 14, 30, "advice"),
)


def facts(day: date) -> Facts:
    """Everything from the first month to the one of `day`."""
    documents: list[Document] = []
    payments: list[Payment] = []
    moves: list[Move] = [_opening()]
    for month in _months(day):
        for number, (name, currency, minor, due_day, wait) in enumerate(CUSTOMERS):
            items = (Item("sales", "Messgeräte", minor - minor // 5), Item("service", "Wartung", minor // 5))
            invoice = _document("invoice", f"customer-{number}", currency, items, month.replace(day=due_day))
            documents.append(invoice)
            payments.append(_payment(invoice, wait + (month.month * 7 + number) % 9, name))
        for number, (name, currency, minor, due_day, wait, account) in enumerate(VENDORS):
            bought = (Item(account, name, minor),)
            bill = _document("bill", f"vendor-{number}", currency, bought, month.replace(day=due_day))
            documents.append(bill)
            payments.append(_payment(bill, wait, name))
        moves.append(_wages(month))
    contacts = tuple(_contacts())
    return Facts(ORGANIZATION, _accounts(), contacts, tuple(documents), tuple(payments), moves=tuple(moves))


def _months(day: date) -> Iterator[date]:
    month = START
    while month <= day:
        yield month
        month += timedelta(days=monthrange(month.year, month.month)[1])


def _accounts() -> tuple[Account, ...]:
    bank = Account(BANK, "Geschäftskonto", "1000", "bank", "EUR")
    return (*system_accounts("EUR"), bank, *plain_accounts("EUR", CHART))


def _contacts() -> Iterator[Contact]:
    for number, (name, currency, *_) in enumerate(CUSTOMERS):
        yield Contact(f"customer-{number}", name, "customer", currency, 30, company=name)
    for number, (name, currency, *_) in enumerate(VENDORS):
        yield Contact(f"vendor-{number}", name, "vendor", currency, 14, company=name)


def _document(kind: str, contact: str, currency: str, items: tuple[Item, ...], day: date) -> Document:
    is_invoice = kind == "invoice"
    return Document(
        kind="invoice" if is_invoice else "bill",
        key=f"{kind}-{contact}-{day:%y%m}",
        contact=contact,
        number=f"{'RE' if is_invoice else 'ER'}-{day:%y%m}-{contact[-1]}",
        date=day,
        due=day + timedelta(days=30 if is_invoice else 14),
        currency=currency,
        rate=euro_for(currency, day),
        items=items,
    )


def _payment(document: Document, wait: int, name: str) -> Payment:
    """In full, and in the document's currency at the day's rate."""
    paid = document.date + timedelta(days=wait)
    rate: Decimal = euro_for(document.currency, paid)
    return Payment(
        side="customer" if document.kind == "invoice" else "vendor",
        key=f"paid-{document.key}",
        contact=document.contact,
        number=document.number[3:],
        date=paid,
        account=BANK,
        currency=document.currency,
        minor=document.total,
        base=to_base(document.total, rate),
        rate=rate,
        shares=(Share(document.key, document.total),),
        reference=document.number,
    )


def _opening() -> Move:
    lines = (Line(BANK, 60_000_00, 60_000_00), Line(OPENING, -60_000_00, -60_000_00))
    return Move("opening", "opening_balance", START, "EUR", Decimal(1), lines, text="Stammkapital")


def _wages(month: date) -> Move:
    last = month.replace(day=monthrange(month.year, month.month)[1])
    lines = (Line("wages", 5_400_00, 5_400_00), Line(BANK, -5_400_00, -5_400_00))
    return Move(f"wages-{month:%y%m}", "journal", last, "EUR", Decimal(1), lines, f"L-{month:%y%m}", text="Gehälter")
