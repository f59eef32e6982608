"""Names opened once a report: what sheets name by code and rows by id."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from ledger.kinds import CategoryKind
from ledger.models import Account, Category, Counterparty


@dataclass(frozen=True, slots=True, repr=False)
class CategoryName:
    id: UUID
    code: int
    kind: CategoryKind
    name: str
    is_archived: bool


def read_accounts() -> list[Account]:
    """Every account, closed ones too, in the order they were added."""
    return list(Account.objects.order_by("code"))


def read_categories() -> dict[int, CategoryName]:
    """Every category by code, archived ones too."""
    return {
        one.code: CategoryName(one.id, one.code, CategoryKind(one.kind), one.name, one.archived_at is not None)
        for one in Category.objects.order_by("code")
    }


def read_counterparties(codes: Collection[int]) -> dict[int, Counterparty]:
    """The counterparties of these codes."""
    return {one.code: one for one in Counterparty.objects.filter(code__in=[code for code in codes if code])}
