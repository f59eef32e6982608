"""What a change by hand did, and what taking it back did, in a sentence."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import CategoryChange, NoteChange


@dataclass(frozen=True, slots=True)
class ShownChange:
    """`reversal` names the route by which the change is taken back."""

    id: UUID
    sentence: str
    reversal: str


def show_category_change(change: CategoryChange) -> ShownChange:
    """174 transactions are now in Travel."""
    is_one = change.count == 1
    if change.category is None:
        rest = "now has no category" if is_one else "now have no category"
    else:
        rest = f"{'is' if is_one else 'are'} now in {change.category.name}"
    return ShownChange(change.id, f"{_transactions(change.count)} {rest}.", "ledger:create_categorisation_reversal")


def show_note_change(change: NoteChange) -> ShownChange:
    """174 transactions now have this note; 3 kept the one they had."""
    kept = f"; {change.kept:,} kept the one {'it' if change.kept == 1 else 'they'} had" if change.kept else ""
    has = "has" if change.count == 1 else "have"
    sentence = f"{_transactions(change.count)} now {has} this note{kept}."
    return ShownChange(change.id, sentence, "ledger:create_annotation_reversal")


def describe_category_reversal(count: int) -> str:
    """How many rows a reversal gave their former category; a row that was given another one since keeps that."""
    if not count:
        return "Nothing was taken back: every transaction was given another category since."
    has = "has its" if count == 1 else "have their"
    return f"{_transactions(count)} {has} former category back."


def describe_note_reversal(count: int) -> str:
    """How many rows a reversal gave their former note, or none; a row that was given another one since keeps that."""
    if not count:
        return "Nothing was taken back: every transaction was given another note since."
    return f"The note was taken back from {_transactions(count)}."


def _transactions(count: int) -> str:
    return f"{count:,} {'transaction' if count == 1 else 'transactions'}"
