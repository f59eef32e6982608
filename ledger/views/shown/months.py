"""Days and months in words."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from ledger.reports.standing import Span

# Of ten years: a page of rows says its days a hundred times.
DAYS = 3_660


def name_month(month: date) -> str:
    """A month in full: Nov 2026."""
    return f"{month:%b %Y}"


def name_months(months: Sequence[date]) -> list[str]:
    """Months along an axis: the year stands at the first one and at each January."""
    return [
        f"{month:%b ’%y}" if index == 0 or month.month == 1 else f"{month:%b}" for index, month in enumerate(months)
    ]


def name_span(span: Span) -> str:
    """Months from first to last: Sep 2026 to Nov 2026, or one alone."""
    first, last = name_month(span.first), name_month(span.last)
    return first if first == last else f"{first} to {last}"


@lru_cache(maxsize=DAYS)
def name_day(day: date) -> str:
    """A day: 3 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def name_short_day(day: date) -> str:
    """A day of about now, without its year: 3 Nov."""
    return f"{day.day} {day:%b}"


def last_day(month: date) -> date:
    """The last day of the month that `month` lies in."""
    return shift_month(month, 1) - timedelta(days=1)


def shift_month(month: date, by: int) -> date:
    """The first day of the month `by` months later (earlier when negative)."""
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)
