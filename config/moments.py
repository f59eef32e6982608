"""Times in words, the same on every page: how long ago, and when, in the time zone of the person who looks."""

from datetime import datetime

from django.utils import timezone


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
    """A time of day in the active time zone, with its day unless that is today: 12:03 UTC, 3 Nov 12:03 UTC."""
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localtime(now).date() else f"{local.day} {local:%b} "
    return f"{day}{local:%H:%M} {name_zone(local)}"


def name_day(moment: datetime) -> str:
    """The day of a moment in the active time zone: 3 Nov 2026."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y}"


def name_day_and_time(moment: datetime) -> str:
    """A moment in full, in the active time zone: 3 Nov 2026, 12:03 CET."""
    local = timezone.localtime(moment)
    return f"{name_day(moment)}, {local:%H:%M} {name_zone(local)}"


def name_zone(local: datetime) -> str:
    """What a moment's time zone is called there: UTC, CET; where it has no letters, its distance: UTC+05:30."""
    name, distance = local.tzname() or "", f"{local:%z}".replace("-", "\N{MINUS SIGN}")
    return name if name.isalpha() else f"UTC{distance[:3]}:{distance[3:5]}"
