"""An organisation of twenty thousand invoices and sixty thousand lines, for measuring. Three currencies, 36 months."""

from datetime import date, timedelta

from integrations.sandbox.zoho.books.amounts import to_base
from integrations.sandbox.zoho.books.facts import (
    Account,
    Contact,
    Document,
    Facts,
    Item,
    Organization,
    Payment,
    Share,
)
from integrations.sandbox.zoho.companies.chart import plain_accounts, system_accounts
from integrations.sandbox.zoho.companies.rates import dollars_for

ORGANIZATION = Organization(
    id="801460943", name="Bulk Books", currency="USD", country="U.S.A", time_zone="EST", offset="-0500"
)
INVOICES, PAYMENTS, CUSTOMERS = 20_000, 10_000, 400
FIRST, DAYS = date(2023, 12, 1), 1080
PAID_AFTER = timedelta(days=3)
CURRENCIES = ("USD", "USD", "EUR", "USD", "GBP")
CHART = """
4000 sales   income - Sales
4100 service income - Service
"""


def facts(day: date) -> Facts:
    """Invoices of 36 months; every second one is paid, so there are 40,000 lines and 20,000 more."""
    bank = Account("bank", "Checking", "1000", "bank", "USD")
    accounts = (*system_accounts("USD"), bank, *plain_accounts("USD", CHART))
    contacts = tuple(
        Contact(f"c{number}", f"Customer {number:03d}", "customer", CURRENCIES[number % 5], 30)
        for number in range(CUSTOMERS)
    )
    documents = tuple(_invoice(number) for number in range(INVOICES))
    payments = tuple(_payment(one) for one in documents[::2])
    return Facts(ORGANIZATION, accounts, contacts, documents, payments)


def _invoice(number: int) -> Document:
    issued = FIRST + timedelta(days=number * DAYS // INVOICES)
    currency = CURRENCIES[number % CUSTOMERS % 5]
    account = "service" if number % 3 == 0 else "sales"
    return Document(
        kind="invoice",
        key=f"i{number:05d}",
        contact=f"c{number % CUSTOMERS}",
        number=f"B-{number:05d}",
        date=issued,
        due=issued + timedelta(days=30),
        currency=currency,
        rate=dollars_for(currency, issued),
        items=(Item(account, "Goods", 100_00 + number * 7919 % 900_000),),
    )


def _payment(document: Document) -> Payment:
    """At the invoice's own rate, so that nothing is realised."""
    return Payment(
        side="customer",
        key=f"p{document.key}",
        contact=document.contact,
        number=document.number[2:],
        date=document.date + PAID_AFTER,
        account="bank",
        currency=document.currency,
        minor=document.total,
        base=to_base(document.total, document.rate),
        rate=document.rate,
        shares=(Share(document.key, document.total),),
    )
