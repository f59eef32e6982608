"""What a change of categories did, and what taking it back did, in a sentence."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import CategoryChange


@dataclass(frozen=True, slots=True)
class ShownChange:
    id: UUID
    sentence: str


def show_change(change: CategoryChange) -> ShownChange:
    """174 transactions are now in Travel."""
    is_one = change.count == 1
    if change.category is None:
        rest = "now has no category" if is_one else "now have no category"
    else:
        rest = f"{'is' if is_one else 'are'} now in {change.category.name}"
    return ShownChange(change.id, f"{_transactions(change.count)} {rest}.")


def describe_reversal(count: int) -> str:
    """How many rows a reversal gave their former category; a row that was given another one since keeps that."""
    if not count:
        return "Nothing was taken back: every transaction was given another category since."
    has = "has its" if count == 1 else "have their"
    return f"{_transactions(count)} {has} former category back."


def _transactions(count: int) -> str:
    return f"{count:,} {'transaction' if count == 1 else 'transactions'}"
