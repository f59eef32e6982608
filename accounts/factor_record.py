"""What happens to second factors, in the site's log: they are a person's own, whatever workspaces they belong to."""

from collections.abc import Mapping

from accounts.models import Factor
from audit.log import Actor, Target, record
from audit.models import Event
from vault.tenancy import SITE_ID, enter_workspace


def record_factor(
    *,
    actor: Actor,
    action: str,
    factor: Factor,
    detail: Mapping[str, object] | None = None,
    own: Mapping[str, object] | None = None,
    outcome: Event.Outcome = Event.Outcome.SUCCEEDED,
) -> None:
    """Write `accounts.factor.<action>` with whose factor it is and of what kind. Asked outside any scope."""
    with enter_workspace(SITE_ID):
        record(
            actor=actor,
            action=f"accounts.factor.{action}",
            target=Target("factor", factor.pk),
            detail={"user": str(factor.user_id), "kind": factor.kind.value, **(detail or {})},
            own=own,
            outcome=outcome,
        )
