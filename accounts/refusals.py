"""Recording refusals, once an hour for each actor and route: a stranger must not be able to fill a log."""

from django.core.cache import cache

from audit.log import Actor, record
from audit.models import Event

WINDOW_SECONDS = 3600


def record_refusal(*, actor: Actor, route: str, reason: str) -> None:
    """Write a refusal into the log of the scope entered, unless it was written within the hour already."""
    key = f"refusal:{actor.user_id or actor.address}:{route}:{reason}".replace(" ", "_")
    if cache.add(key, 1, WINDOW_SECONDS):
        record(
            actor=actor,
            action="accounts.access.refused",
            detail={"route": route, "reason": reason},
            outcome=Event.Outcome.REFUSED,
        )
