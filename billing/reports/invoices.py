"""The workspace's invoices. The documents stay with Stripe; links lead there, and only there."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from billing.models import Invoice, InvoiceStatus
from config.moments import name_day
from ledger.money import format_minor

PAGE, LATEST = 20, 3
STRIPE = ".stripe.com"
STATES = {
    InvoiceStatus.OPEN: ("Open", "warn"),
    InvoiceStatus.PAID: ("Paid", "ok"),
    InvoiceStatus.UNCOLLECTIBLE: ("Not collected", "bad"),
    InvoiceStatus.VOID: ("Void", "quiet"),
}


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice as the list shows it. `day` is in the person's time zone; `page` and `pdf` are empty where there is none."""

    number: str
    day: str
    issued_at: datetime
    total: str
    currency: str
    label: str
    tone: str
    page: str
    pdf: str


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """One page of the invoices, the newest first; `newer` and `older` are the numbers of the pages beside it, 0 for none."""

    lines: tuple[InvoiceLine, ...]
    total: int
    newer: int
    older: int

    @property
    def label(self) -> str:
        """How many there are to page through."""
        return "1 invoice" if self.total == 1 else f"{self.total:,} invoices"


def list_invoices(page: int = 1) -> InvoiceList:
    """The invoices of the workspace in scope; a page past the end is the last one."""
    total = Invoice.objects.count()
    pages = max(1, -(-total // PAGE))
    page = min(page, pages)
    return InvoiceList(_read((page - 1) * PAGE, PAGE), total, page - 1, page + 1 if page < pages else 0)


def latest_invoices() -> tuple[InvoiceLine, ...]:
    """The last few."""
    return _read(0, LATEST)


def _read(start: int, count: int) -> tuple[InvoiceLine, ...]:
    found = Invoice.objects.order_by("-issued_at", "id")[start : start + count]
    return tuple(_line(invoice) for invoice in found)


def _line(invoice: Invoice) -> InvoiceLine:
    facts, (label, tone) = invoice.facts, STATES[InvoiceStatus(invoice.status)]
    return InvoiceLine(
        number=facts.number or "Without a number",
        day=name_day(invoice.issued_at),
        issued_at=invoice.issued_at,
        total=format_minor(facts.total_minor, facts.currency),
        currency=facts.currency,
        label=label,
        tone=tone,
        page=_at_stripe(facts.hosted_url),
        pdf=_at_stripe(facts.pdf_url),
    )


def _at_stripe(address: str) -> str:
    """The address if it is one of Stripe's, or of the sandbox that plays it; else none."""
    parts = urlsplit(address)
    if settings.STRIPE is not None and settings.STRIPE.is_sandbox:
        return address if f"{parts.scheme}://{parts.netloc}" in settings.STRIPE.pages else ""
    return address if parts.scheme == "https" and (parts.hostname or "").endswith(STRIPE) else ""
