"""What a row of the bank's is worth in a document's currency and in dollars."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.sandbox.bank import Row
from integrations.sandbox.zoho.books.amounts import from_base, rate_between, to_base
from integrations.sandbox.zoho.companies.rates import dollars_for


@dataclass(frozen=True, slots=True)
class Paid:
    """Without a sign. `base` is dollars; `rate` turns one into the other to the cent."""

    minor: int
    base: int
    rate: Decimal


def paid_in(row: Row, currency: str) -> Paid:
    """A pound invoice is paid out of or into a dollar account: the bank's own amount is the worth in dollars."""
    amount = abs(row.minor)
    if row.currency == currency:
        rate = dollars_for(currency, row.date)
        return Paid(amount, to_base(amount, rate), rate)
    minor = from_base(amount, dollars_for(currency, row.date))
    return Paid(minor, amount, rate_between(minor, amount))
