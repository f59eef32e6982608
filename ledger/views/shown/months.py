"""Months and moments in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta


def name_month(month: date) -> str:
    """A month in full: Nov 2026."""
    return f"{month:%b %Y}"


def name_months(months: Sequence[date]) -> list[str]:
    """Months along an axis: the year stands at the first one and at each January."""
    return [
        f"{month:%b ’%y}" if index == 0 or month.month == 1 else f"{month:%b}" for index, month in enumerate(months)
    ]


def name_day(day: date) -> str:
    """A day: 3 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def last_day(month: date) -> date:
    """The last day of the month that `month` lies in."""
    return shift_month(month, 1) - timedelta(days=1)


def shift_month(month: date, by: int) -> date:
    """The first day of the month `by` months later (earlier when negative)."""
    index = month.year * 12 + month.month - 1 + by
    return date(index // 12, index % 12 + 1, 1)


def name_age(moment: datetime, now: datetime) -> str:
    """How long ago: just now, 12 min ago, 3 h ago, 2 days ago."""
    minutes = int((now - moment).total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def name_moment(moment: datetime, now: datetime) -> str:
    """A time of day in UTC, with its day unless that is today: 12:03 UTC, 3 Nov 12:03 UTC."""
    day = "" if moment.date() == now.date() else f"{moment.day} {moment:%b} "
    return f"{day}{moment:%H:%M} UTC"
