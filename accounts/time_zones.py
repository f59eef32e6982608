"""The time zones a person may choose: the places of the IANA database, and UTC."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC = "UTC"
REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@cache
def time_zones() -> tuple[str, ...]:
    """Their names, UTC first, then by region and place."""
    return UTC, *sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS and "/" in name)


@cache
def grouped_time_zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The same as choices of a form, grouped by region: America/New_York is New York."""
    places = [(region, [name for name in time_zones() if name.startswith(f"{region}/")]) for region in REGIONS]
    groups = [(region, tuple((name, _place(name)) for name in names)) for region, names in places]
    return ("Everywhere", ((UTC, UTC),)), *groups


def find_zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(UTC)


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")
