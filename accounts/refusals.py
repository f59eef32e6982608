"""Recording refusals, once an hour for each actor, route and workspace: a stranger must not be able to fill a log, and is
known by the network that they have for themselves.
"""

from django.utils.crypto import salted_hmac

from audit.log import Actor, record
from audit.models import Event
from config.addresses import network_of
from config.noting import note_after_commit, was_noted
from vault.tenancy import current_workspace_id

WINDOW_SECONDS = 3600
REFUSED = "accounts.access.refused"


def record_refusal(
    *, actor: Actor, route: str, reason: str, action: str = REFUSED, seconds: int = WINDOW_SECONDS
) -> None:
    """Write a refusal into the log of the scope entered, unless it was written within `seconds` already."""
    who = actor.user_id or network_of(actor.address)
    told = f"{current_workspace_id()}:{who}:{route}:{reason}"
    # Whoever reads Redis learns no address.
    key = f"refusal:{salted_hmac('accounts.refusals', told, algorithm='sha256').hexdigest()}"
    if was_noted(key):
        return
    detail = {"route": route, "reason": reason}
    record(actor=actor, action=action, detail=detail, outcome=Event.Outcome.REFUSED)
    note_after_commit(key, seconds)
