"""What a page says when some of its figures wait to be computed anew."""

from datetime import datetime

from ledger.reports.freshness import Freshness
from ledger.views.shown.months import name_moment


def describe_stale(freshness: Freshness, now: datetime) -> str:
    """A sentence, empty when every figure is up to date. `now` in UTC."""
    if freshness.is_current:
        return ""
    count = len(freshness.stale_months)
    months = "One month is" if count == 1 else f"{count} months are"
    if freshness.figures_of is None:
        return f"{months} still being computed; the figures follow."
    return f"{months} being computed anew. Until then this page shows the figures of {name_moment(freshness.figures_of, now)}."
