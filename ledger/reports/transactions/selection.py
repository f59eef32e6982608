""" "Select all matching": the ids of every row of a filter, as long as the sheets are those the person saw."""

from uuid import UUID

from ledger.reports.transactions.collecting import collect_matches
from ledger.reports.transactions.counting import version_of
from ledger.reports.transactions.filters import TransactionFilter
from ledger.reports.transactions.names import read_names


class SelectionChanged(ValueError):
    """The sheets are not those of the page on which "all matching" was chosen."""

    def __init__(self) -> None:
        super().__init__("These transactions have changed since the page was shown. Please look again and choose anew.")


def select_matching(wanted: TransactionFilter, *, sheet_version: str) -> tuple[UUID, ...]:
    """The ids of all matching rows. Raises SelectionChanged when `sheet_version` is not the page's of now."""
    matches = collect_matches(wanted, read_names())
    if version_of(matches.heads) != sheet_version:
        raise SelectionChanged
    return tuple(UUID(bytes=one.tobytes()) for one in matches.rows.id)
