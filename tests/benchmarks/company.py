"""A company to measure: a workspace with accounts, 60 categories and a connection, filled through the ledger's own actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.access import workspace_scope
from accounts.actions import create_workspace
from accounts.models import User, Workspace
from audit.log import Actor
from ledger.actions import (
    apply_feed_page,
    create_category,
    list_stale_months,
    rebuild_month,
    recategorise_transactions,
    save_accounts,
)
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.kinds import AccountKind, Book, CategoryKind
from ledger.models import Account, Category, Transaction
from tests.benchmarks.rows import ACCOUNTS, CURRENCY, OWN, Generator, provider_id
from tests.benchmarks.timing import Stopwatch
from tests.support.connections import make_connection

ACTOR = Actor.system("benchmark")
ROWS_OF_PAGE = 500


@dataclass(frozen=True, slots=True)
class Company:
    """`accounts` are ids by the bank's id; `categories` by an origin or an own name, as the generator names them."""

    workspace: Workspace
    connection_id: UUID
    generator: Generator
    accounts: dict[str, UUID]
    categories: dict[str, UUID]

    @property
    def rows(self) -> int:
        return self.generator.rows


def make_company(owner: User, generator: Generator) -> Company:
    """An empty company with its accounts and categories."""
    workspace = create_workspace(actor=ACTOR, owner=owner, name="Benchmark", base_currency=CURRENCY)
    connection_id = make_connection(workspace)
    with workspace_scope(workspace.pk):
        save_accounts(actor=ACTOR, connection_id=connection_id, accounts=[_account(name) for name in ACCOUNTS])
        accounts = dict(Account.objects.values_list("provider_id", "id"))
        categories = dict(Category.objects.exclude(origin="").values_list("origin", "id"))
        for name in OWN:
            categories[name] = create_category(actor=ACTOR, name=name, kind=CategoryKind.OPERATING_EXPENSE).id
    return Company(workspace, connection_id, generator, accounts, categories)


def apply_rows(company: Company, numbers: Sequence[int]) -> Stopwatch:
    """Hand rows over in this order, in pages as a first sync brings them. Returns the time of the pages alone."""
    watch = Stopwatch()
    for start in range(0, len(numbers), ROWS_OF_PAGE):
        rows = [company.generator.feed(number) for number in numbers[start : start + ROWS_OF_PAGE]]
        with watch:
            apply_page(company, rows, merge=False)
    return watch


def apply_page(company: Company, rows: Sequence[FeedTransaction], *, merge: bool) -> None:
    """One page in a transaction of its own."""
    page = FeedPage(upserts=tuple(rows), removals=())
    with workspace_scope(company.workspace.pk):
        apply_feed_page(actor=ACTOR, connection_id=company.connection_id, page=page, merge=merge)


def rebuild_months(company: Company) -> Stopwatch:
    """A long sync's last step: each stale month once, in a transaction of its own."""
    with Stopwatch() as watch:
        with workspace_scope(company.workspace.pk):
            months = list_stale_months(Book.BANK)
        for month in months:
            with workspace_scope(company.workspace.pk):
                rebuild_month(book=Book.BANK, month=month)
    return watch


def choose_own_categories(company: Company) -> Stopwatch:
    """A person's edits: every own category is given to all its rows at once."""
    watch = Stopwatch()
    for name in OWN:
        wanted = [provider_id(number) for number in company.generator.numbers_of(name)]
        with workspace_scope(company.workspace.pk):
            ids = list(_rows(company, wanted).values_list("id", flat=True))
        with watch, workspace_scope(company.workspace.pk):
            recategorise_transactions(actor=ACTOR, ids=ids, category_id=company.categories[name])
    return watch


def _rows(company: Company, provider_ids: Sequence[str]) -> QuerySet[Transaction]:
    return Transaction.objects.filter(connection_id=company.connection_id, provider_id__in=provider_ids)


def _account(name: str) -> FeedAccount:
    return FeedAccount(
        provider_id=name,
        name=f"The {name} account",
        official_name=None,
        mask="1234",
        kind=AccountKind.CREDIT if name == "card" else AccountKind.DEPOSITORY,
        subtype=name,
        currency=CURRENCY,
        current_minor=100_000_000,
        available_minor=None,
        limit_minor=None,
    )
