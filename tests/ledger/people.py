"""A company's ledger for the tests: a connection's accounts, feed rows by the handful, and a scope to act in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

from accounts.models import Workspace
from audit.log import Actor
from integrations.models import Connection, ItemFacts
from ledger.actions import AppliedPage, apply_feed_page, save_accounts
from ledger.actions.counterparties import NONE_READ, Counterparties
from ledger.feeds import FeedAccount, FeedPage, FeedTransaction
from ledger.kinds import AccountKind
from ledger.models import Category, Transaction
from vault.tenancy import enter_workspace

SYNC = Actor.system("sync")


def feed_account(
    provider_id: str = "checking",
    *,
    kind: AccountKind = AccountKind.DEPOSITORY,
    currency: str = "USD",
    current: int | None = 100_000,
) -> FeedAccount:
    return FeedAccount(
        provider_id=provider_id,
        name=f"The {provider_id} account",
        official_name=None,
        mask="1234",
        kind=kind,
        subtype="checking",
        currency=currency,
        current_minor=current,
        available_minor=current,
        limit_minor=None,
    )


@dataclass
class Feed:
    """A connection and what it says; rows get provider ids in order unless they are given one."""

    workspace: Workspace
    connection_id: UUID
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def scope(self) -> Iterator[None]:
        with enter_workspace(self.workspace.pk):
            yield

    def row(
        self,
        day: date,
        minor: int,
        description: str = "A payment",
        *,
        provider_id: str | None = None,
        account: str = "checking",
        currency: str = "USD",
        pending: bool = False,
        replaces: str | None = None,
        counterparty: str | None = None,
        memo: str | None = None,
        hint: str | None = None,
    ) -> FeedTransaction:
        return FeedTransaction(
            provider_id=provider_id or f"row-{next(self.numbers)}",
            account_provider_id=account,
            date=day,
            authorized_date=None,
            amount_minor=minor,
            currency=currency,
            pending=pending,
            replaces=replaces,
            description=description,
            counterparty=counterparty,
            memo=memo,
            hint=hint,
        )

    def save(self, *accounts: FeedAccount) -> None:
        save_accounts(actor=SYNC, connection_id=self.connection_id, accounts=accounts or (feed_account(),))

    def apply(
        self,
        *rows: FeedTransaction,
        gone: tuple[str, ...] = (),
        merge: bool = True,
        known: Counterparties = NONE_READ,
    ) -> AppliedPage:
        page = FeedPage(upserts=rows, removals=gone)
        return apply_feed_page(actor=SYNC, connection_id=self.connection_id, page=page, merge=merge, known=known)

    def transaction(self, provider_id: str) -> Transaction:
        return Transaction.objects.get(connection_id=self.connection_id, provider_id=provider_id)


def connect_bank(workspace: Workspace) -> Feed:
    """A connection of the workspace in scope."""
    connection = Connection.objects.create(facts=ItemFacts(item_id="item", institution="First Bank"))
    return Feed(workspace, connection.id)


def category(origin: str) -> Category:
    return Category.objects.get(origin=origin)
