"""What a choice costs, in words and figures: before a first payment, and before a change."""

from dataclasses import dataclass

from billing.paying import Preview
from billing.plans import Terms
from ledger.money import format_minor


@dataclass(frozen=True, slots=True)
class CostLine:
    words: str
    amount: str


@dataclass(frozen=True, slots=True)
class Cost:
    """`lines` make up `now`; `credit` is what is kept for later invoices instead, empty for none. Amounts are formatted."""

    currency: str
    lines: tuple[CostLine, ...]
    now: str
    credit: str
    next: str
    next_on: str


def describe_first(terms: Terms, seats: int) -> Cost:
    """Subscribing charges the first month at once; what a month costs is the same each month."""
    month = format_minor(seats * terms.unit_minor, terms.currency)
    unit = format_minor(terms.unit_minor, terms.currency)
    line = CostLine(f"{terms.name}, {seats} × {unit}, the first month", month)
    return Cost(terms.currency, (line,), month, "", month, "")


def describe_preview(preview: Preview) -> Cost:
    """What Stripe reckons for a change."""
    currency = preview.currency
    return Cost(
        currency=currency,
        lines=tuple(CostLine(line.text, format_minor(line.minor, currency)) for line in preview.lines),
        now=format_minor(preview.due_now_minor, currency),
        credit=format_minor(preview.credit_minor, currency) if preview.credit_minor else "",
        next=format_minor(preview.next_minor, currency),
        next_on=f"{preview.next_on.day} {preview.next_on:%b %Y}",
    )
