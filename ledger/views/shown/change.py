"""Changes and shares in words: amounts with a real minus sign, percentages with one decimal."""

from dataclasses import dataclass

from ledger.money import MINUS, format_minor
from ledger.reports.change import Change, NoShare, share_of

NO_SHARE = "–"


@dataclass(frozen=True, slots=True)
class ShownChange:
    """`share` is a percentage; where there is none it is a dash, and `reason` says why."""

    before: str
    amount: str
    share: str
    reason: str = ""


def show_change(change: Change, currency: str) -> ShownChange:
    """The older figure, the change and its percentage."""
    before, amount = format_minor(change.before, currency), format_minor(change.amount, currency)
    tenths = change.tenths
    if isinstance(tenths, NoShare):
        return ShownChange(before, amount, NO_SHARE, tenths.value)
    return ShownChange(before, amount, format_share(tenths))


def show_share(part: int, whole: int) -> str:
    """How much `part` is of `whole` in percent, a dash where that is nothing or less."""
    return format_share(share_of(part, whole)) if whole > 0 else NO_SHARE


def format_share(tenths: int) -> str:
    """Tenths of a percent as 12.5%, −3.0%, 1,200.0%."""
    sign = MINUS if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10:,}.{abs(tenths) % 10}%"
