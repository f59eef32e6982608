"""Cedarline Instruments, Inc.: the books beside the sandbox bank's Long History.

They are kept from the bank's own rows, so that what a customer pays here is what the bank shows there, to the cent and the
day. Days that lie ahead are known too: what will be paid then is what is open now.
"""

from datetime import date
from functools import lru_cache

from integrations.sandbox.zoho.books.facts import Facts, Organization
from integrations.sandbox.zoho.companies.cedarline import chart, payables, payroll, receivables, spending, treasury
from integrations.sandbox.zoho.companies.cedarline.bank import horizon_of, read_bank

ORGANIZATION = Organization(
    id="801460911",
    name="Cedarline Instruments, Inc.",
    currency="USD",
    country="U.S.A",
    time_zone="EST",
    offset="-0500",
    is_default=True,
)


def facts(day: date) -> Facts:
    """The same for every day of a month."""
    return _facts(horizon_of(day))


@lru_cache(maxsize=2)
def _facts(horizon: date) -> Facts:
    bank = read_bank(horizon)
    sold, bought = receivables.derive(bank), payables.derive(bank)
    spent, paid = spending.derive(bank), payroll.derive(bank)
    return Facts(
        organization=ORGANIZATION,
        accounts=chart.ACCOUNTS,
        contacts=(*receivables.CONTACTS, *payables.CONTACTS),
        documents=(*sold.documents, *bought.documents),
        payments=(*sold.payments, *bought.payments),
        credits=sold.credits,
        refunds=sold.refunds,
        expenses=(*spent.expenses, *paid.expenses),
        moves=(*treasury.derive(bank), *paid.journals),
        waiting=spent.waiting,
    )
