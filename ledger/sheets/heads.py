"""Heads of month sheets, as readers and writers know them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Head:
    """A month's sheet. Summary and numbers are sealed at `version`, the others at `text_version`; times are UTC. Without
    `written_at` it has no parts that can be read."""

    id: UUID
    month: date
    version: int
    text_version: int
    stale_since: datetime | None
    written_at: datetime | None

    @property
    def is_stale(self) -> bool:
        """Whether rows have changed that the parts do not know."""
        return self.stale_since is not None


def label_of(part: str) -> str:
    """The frozen label that a part is sealed under."""
    return f"ledger.sheet.{part}"


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)
