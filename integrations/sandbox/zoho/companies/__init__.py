"""The organisations whose books can be read: made up, and always the same for the same day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from integrations.sandbox.zoho.books.facts import Facts, Organization
from integrations.sandbox.zoho.companies import bulk, cedarline, europe


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation; `facts` gives everything that is foreseen when it is that day."""

    organization: Organization
    blurb: str
    facts: Callable[[date], Facts]


def all_companies() -> tuple[Company, ...]:
    """In the order in which a person is asked about them."""
    return (
        Company(cedarline.ORGANIZATION, "The books of the sandbox bank's Cedarline, in dollars", cedarline.facts),
        Company(europe.ORGANIZATION, "Its sister in Munich, in euro, since 2025", europe.facts),
        Company(bulk.ORGANIZATION, "20,000 invoices for measuring", bulk.facts),
    )
