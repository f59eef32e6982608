"""What the deeds on many transactions at once have in common: how many they take, and how they tell of themselves."""

from collections.abc import Mapping, Sequence
from uuid import UUID

MOST = 25_000

Selection = Mapping[str, object]


class UnknownTransaction(LookupError):
    """The workspace has no transaction of this id."""

    def __init__(self) -> None:
        super().__init__("This transaction does not exist.")


class TooMany(ValueError):
    """More transactions than are changed at once: their months would be held for too long."""

    def __init__(self) -> None:
        super().__init__(f"At most {MOST:,} transactions are changed at once. Narrow the filter and go on in parts.")


class ChangeReversed(ValueError):
    """The change was taken back already."""

    def __init__(self) -> None:
        super().__init__("This change has been taken back already.")


def check_count(ids: Sequence[UUID]) -> None:
    """Raises TooMany."""
    if len(ids) > MOST:
        raise TooMany


def describe(ids: Sequence[UUID], count: int, selection: Selection | None) -> dict[str, object]:
    """A change for the record: how many rows, the filter that chose them, and the row when it is a single one."""
    return {
        "count": count,
        "selection": dict(selection or {}),
        "transaction": str(ids[0]) if len(ids) == 1 else None,
    }
