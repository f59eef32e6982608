"""How fresh a report's figures are. A reader never rebuilds a sheet: it says what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ledger.sheets.heads import Head


@dataclass(frozen=True, slots=True)
class Freshness:
    """`figures_of`: when the oldest stale sheet shown was last written, or None when all are up to date (UTC).

    `stale_months` wait for a run to end or for the worker; `last_written` is the newest sheet's time.
    """

    stale_months: tuple[date, ...]
    figures_of: datetime | None
    last_written: datetime | None

    @property
    def is_current(self) -> bool:
        return not self.stale_months


def freshness_of(heads: Iterable[Head]) -> Freshness:
    """What these months' sheets say of themselves."""
    known = list(heads)
    stale = [head for head in known if head.is_stale]
    return Freshness(
        stale_months=tuple(sorted(head.month for head in stale)),
        figures_of=min((head.written_at for head in stale if head.written_at), default=None),
        last_written=max((head.written_at for head in known if head.written_at), default=None),
    )
