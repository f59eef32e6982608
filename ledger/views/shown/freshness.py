"""What a page says when some of its figures wait to be computed anew."""

from datetime import datetime

from config.moments import name_day_and_time, name_moment
from ledger.reports.freshness import Freshness


def describe_stale(freshness: Freshness, now: datetime) -> str:
    """A sentence, empty when every figure is up to date. `now` in UTC."""
    if freshness.is_current:
        return ""
    count = len(freshness.stale_months)
    months = "One month is" if count == 1 else f"{count} months are"
    if freshness.figures_of is None:
        return f"{months} still being computed; the figures follow."
    return f"{months} being computed anew. Until then this page shows the figures of {name_moment(freshness.figures_of, now)}."


def describe_time(freshness: Freshness, now: datetime) -> str:
    """What time a report's figures are of, for paper, which does not say when it was printed."""
    if freshness.is_current:
        return f"Figures of {name_day_and_time(now)}"
    if freshness.figures_of is None:
        return f"Incomplete on {name_day_and_time(now)}"
    return f"Some figures of {name_day_and_time(freshness.figures_of)}, printed {name_day_and_time(now)}"
