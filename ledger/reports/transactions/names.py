"""The names a page of transactions needs, read before its sheets, and rows opened with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ledger.models import Transaction
from ledger.reports.names import AccountName, CategoryName, name_accounts_and_categories, read_counterparties
from ledger.reports.transactions.pages import TransactionRow
from ledger.reports.transactions.rows import StoredRow


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """Accounts and categories by id."""

    accounts: Mapping[UUID, AccountName]
    categories: Mapping[UUID, CategoryName]


def read_names() -> Names:
    """The names of the workspace in scope, in one query."""
    accounts, categories = name_accounts_and_categories()
    return Names({one.id: one for one in accounts}, {one.id: one for one in categories.values()})


def open_rows(transactions: Sequence[Transaction | StoredRow], names: Names) -> tuple[TransactionRow, ...]:
    """The rows opened, in the order given; one query, for the counterparties they are with."""
    counterparties = read_counterparties({one.feed.counterparty for one in transactions})
    rows = []
    for one in transactions:
        counterparty = counterparties.get(one.feed.counterparty)
        category = names.categories[one.category_id] if one.category_id else None
        facts = names.accounts[one.account_id].facts
        rows.append(
            TransactionRow(
                id=one.id,
                date=one.date,
                account_id=one.account_id,
                account_name=facts.name,
                account_mask=facts.mask,
                description=one.feed.description,
                counterparty=counterparty.name if counterparty else None,
                counterparty_id=counterparty.id if counterparty else None,
                category_id=category.id if category else None,
                category_name=category.name if category else None,
                category_by=one.category_by,
                currency=one.currency,
                minor=one.feed.minor,
                is_pending=one.is_pending,
                is_removed=one.is_removed,
                has_note=bool(one.own and one.own.note),
            )
        )
    return tuple(rows)
