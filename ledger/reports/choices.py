"""The lists that forms choose from: accounts, categories and counterparties with their names opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import AccountKind, CategoryKind
from ledger.models import Counterparty
from ledger.reports.names import AccountName, CategoryName, name_accounts, read_categories


@dataclass(frozen=True, slots=True)
class AccountChoice:
    id: UUID
    name: str
    mask: str | None
    kind: AccountKind
    currency: str


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    id: UUID
    name: str
    kind: CategoryKind


@dataclass(frozen=True, slots=True)
class CounterpartyChoice:
    id: UUID
    name: str


def list_accounts(known: Iterable[AccountName] | None = None) -> tuple[AccountChoice, ...]:
    """Open accounts, in the order they were added; `known` are all of them, where they were read already."""
    return tuple(
        AccountChoice(one.id, one.facts.name, one.facts.mask, AccountKind(one.kind), one.currency)
        for one in (name_accounts() if known is None else known)
        if one.closed_at is None
    )


def list_categories(known: Iterable[CategoryName] | None = None) -> tuple[CategoryChoice, ...]:
    """Categories in use, by kind in the order of a profit and loss, then by name; `known` are all of them, likewise."""
    kinds = list(CategoryKind)
    found = read_categories().values() if known is None else known
    choices = [CategoryChoice(one.id, one.name, one.kind) for one in found if not one.is_archived]
    return tuple(sorted(choices, key=lambda one: (kinds.index(one.kind), one.name.casefold())))


def list_counterparties() -> tuple[CounterpartyChoice, ...]:
    """Every counterparty, by name."""
    choices = [CounterpartyChoice(one.id, one.name) for one in Counterparty.objects.all()]
    return tuple(sorted(choices, key=lambda one: one.name.casefold()))
