"""Recording refusals, once an hour for each actor, route and workspace: a stranger must not be able to fill a log."""

from functools import partial

from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from audit.log import Actor, record
from audit.models import Event
from vault.tenancy import current_workspace_id

WINDOW_SECONDS = 3600


def record_refusal(*, actor: Actor, route: str, reason: str) -> None:
    """Write a refusal into the log of the scope entered, unless it was written within the hour already."""
    key = f"refusal:{current_workspace_id()}:{actor.user_id or actor.address}:{route}:{reason}"
    if _was_written(key):
        return
    record(
        actor=actor,
        action="accounts.access.refused",
        detail={"route": route, "reason": reason},
        outcome=Event.Outcome.REFUSED,
    )
    # Only what lasts counts as written.
    transaction.on_commit(partial(_remember, key), robust=True)


def _was_written(key: str) -> bool:
    try:
        return bool(cache.get(key))
    except RedisError:
        return False


def _remember(key: str) -> None:
    cache.set(key, 1, WINDOW_SECONDS)
