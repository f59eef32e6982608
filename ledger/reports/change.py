"""A figure against the same figure of another time: the change, and the change as a share of the older figure."""

from dataclasses import dataclass
from enum import Enum


class NoShare(Enum):
    """Why a change is no percentage of the older figure; the value is a sentence's end."""

    FROM_NOTHING = "there was nothing to compare with"
    OTHER_SIGN = "the figure changed its sign"


@dataclass(frozen=True, slots=True)
class Change:
    """Minor units. The sign of a change, and of its percentage, is that of money: − is less in, or more out."""

    now: int
    before: int

    @property
    def amount(self) -> int:
        return self.now - self.before

    @property
    def tenths(self) -> int | NoShare:
        """Tenths of a percent of the older figure's size, rounded half away from zero, or why there is no such share."""
        if not self.before:
            return NoShare.FROM_NOTHING
        if self.now * self.before < 0:
            return NoShare.OTHER_SIGN
        return share_of(self.amount, abs(self.before))


@dataclass(frozen=True, slots=True)
class SharedChange:
    """Two figures as shares of two wholes, such as of the income of their months; None of a whole that is not > 0."""

    now: int | None
    before: int | None

    @classmethod
    def of(cls, change: Change, whole: Change) -> "SharedChange":
        """In tenths of a percent."""
        return cls(
            share_of(change.now, whole.now) if whole.now > 0 else None,
            share_of(change.before, whole.before) if whole.before > 0 else None,
        )

    @property
    def points(self) -> int | None:
        """The change in tenths of a percentage point."""
        return None if self.now is None or self.before is None else self.now - self.before


def share_of(part: int, whole: int) -> int:
    """Tenths of a percent that `part` is of `whole` (> 0), rounded half away from zero."""
    size = (abs(part) * 2000 + whole) // (2 * whole)
    return -size if part < 0 else size
