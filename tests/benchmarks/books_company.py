"""Books to measure: invoices in three currencies, each with its lines in the general ledger, by the ledger's own actions."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from uuid import UUID

from accounts.access import workspace_scope
from accounts.actions import create_workspace
from accounts.models import User
from audit.log import Actor
from ledger.actions import list_stale_months, rebuild_month
from ledger.actions.books import apply_books_page, save_organization
from ledger.books_feeds import BooksPage, FeedBooksAccount, FeedContact, FeedDocument, FeedPosting, FeedRow
from ledger.books_kinds import ContactKind, DocumentKind, DocumentStatus, PostingSource, Resource
from ledger.kinds import Book
from tests.benchmarks.timing import Stopwatch
from tests.support.connections import make_connection

ACTOR = Actor.system("benchmark")
ROWS_OF_PAGE = 200
DAYS = 36 * 30
BASE = "USD"
RATES = {"USD": Decimal(1), "EUR": Decimal("1.0837"), "GBP": Decimal("1.2719")}
ACCOUNTS = {"receivable": "accounts_receivable", "tax": "other_current_liability"} | {
    f"sales {number}": "income" for number in range(8)
}


@dataclass(frozen=True)
class BooksCompany:
    """`count` invoices over the 36 months before `today`, a tenth of them open, of one contact for every ten."""

    workspace_id: UUID
    connection_id: UUID
    count: int
    today: date

    @cached_property
    def invoices(self) -> list[FeedDocument]:
        chance = random.Random(20_261_121)  # noqa: S311 - figures to measure, no secrets
        return [self._invoice(number, chance) for number in range(self.count)]

    @property
    def postings(self) -> Iterator[FeedPosting]:
        """Three lines an invoice: owed, sold and the tax on it; they sum to zero in each currency and in base."""
        for number, invoice in enumerate(self.invoices):
            tax = invoice.total_minor // 6
            amounts = {"receivable": invoice.total_minor, f"sales {number % 8}": tax - invoice.total_minor, "tax": -tax}
            bases = [_in_base(minor, invoice.currency) for minor in amounts.values()]
            bases[0] -= sum(bases)
            for (account, minor), base in zip(amounts.items(), bases, strict=True):
                yield FeedPosting(
                    f"{account} {number}", account, invoice.contact_provider_id, invoice.date, PostingSource.INVOICE,
                    invoice.provider_id, invoice.number, "Consulting and support", invoice.currency, minor, base,
                )  # fmt: skip

    def apply(self, resource: Resource, rows: Sequence[FeedRow], *, sweep: int = 1) -> Stopwatch:
        """All rows in pages as a sync brings them, each in a transaction of its own."""
        watch = Stopwatch()
        for start in range(0, len(rows), ROWS_OF_PAGE):
            page = BooksPage(resource, tuple(rows[start : start + ROWS_OF_PAGE]))
            with watch, workspace_scope(self.workspace_id):
                apply_books_page(actor=ACTOR, connection_id=self.connection_id, page=page, sweep=sweep)
        return watch

    def rebuild(self) -> Stopwatch:
        """A sync's last step."""
        with Stopwatch() as watch:
            for book in (Book.BOOKS, Book.INVOICES):
                with workspace_scope(self.workspace_id):
                    months = list_stale_months(book)
                for month in months:
                    with workspace_scope(self.workspace_id):
                        rebuild_month(book=book, month=month)
        return watch

    def prepare(self) -> None:
        """What postings and invoices point at."""
        with workspace_scope(self.workspace_id):
            save_organization(actor=ACTOR, connection_id=self.connection_id, base_currency=BASE)
        self.apply(
            Resource.ACCOUNTS, [FeedBooksAccount(name, name, None, kind, True, None) for name, kind in ACCOUNTS.items()]
        )
        self.apply(Resource.CONTACTS, [_contact(number) for number in range(self._contacts)])

    def owed(self) -> int:
        """What is open of all invoices, in base, added up from what was generated."""
        return sum(_in_base(one.balance_minor, one.currency) for one in self.invoices)

    @property
    def _contacts(self) -> int:
        return max(1, self.count // 10)

    def _invoice(self, number: int, chance: random.Random) -> FeedDocument:
        day = self.today - timedelta(days=DAYS - DAYS * number // self.count)
        total, is_open = chance.randrange(50_00, 9_000_00), chance.random() < 0.1
        return FeedDocument(
            provider_id=f"invoice {number}",
            kind=DocumentKind.INVOICE,
            contact_provider_id=f"contact {chance.randrange(self._contacts)}",
            contact_name=None,
            number=f"INV-{number:05}",
            reference=f"PO {chance.randrange(10**6)}",
            date=day,
            due_date=day + timedelta(days=30),
            status=DocumentStatus.OPEN if is_open else DocumentStatus.PAID,
            currency=(currency := chance.choice(list(RATES))),
            total_minor=total,
            balance_minor=total if is_open else 0,
            written_off_minor=0,
            rate=RATES[currency],
            last_payment_date=None if is_open else day + timedelta(days=28),
        )


def make_books_company(owner: User, count: int, today: date) -> BooksCompany:
    """An empty company with what invoices and postings point at."""
    workspace = create_workspace(actor=ACTOR, owner=owner, name="Books", base_currency=BASE)
    company = BooksCompany(workspace.pk, make_connection(workspace), count, today)
    company.prepare()
    return company


def _contact(number: int) -> FeedContact:
    name = f"Customer {number} Limited"
    return FeedContact(
        f"contact {number}", ContactKind.CUSTOMER, name, name, f"ap{number}@example.test", BASE, True, 30
    )


def _in_base(minor: int, currency: str) -> int:
    return int((minor * RATES[currency]).quantize(Decimal(1), ROUND_HALF_UP))
