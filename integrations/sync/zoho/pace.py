"""How soon the next run comes: every half hour, or so that what is left of the day's calls lasts for the day."""

from datetime import timedelta

from integrations.zoho_budget import Left

INTERVAL = timedelta(minutes=30)
# A first run makes far more calls than the next ones will.
USUAL_CALLS = 80


def until_next(calls: int, left: Left | None) -> timedelta:
    """Until the next run, after one of so many calls."""
    if left is None:
        return INTERVAL
    runs = left.calls // max(min(calls, USUAL_CALLS), 1)
    if runs < 1:
        return max(timedelta(seconds=left.seconds), INTERVAL)
    return max(timedelta(seconds=left.seconds / runs), INTERVAL)
