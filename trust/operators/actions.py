"""What operators do besides looking, where it takes more than the deed of the app it belongs to."""

from uuid import UUID

from django.db import transaction

from accounts.access import workspace_scope
from audit.log import Actor, Target, record
from billing.actions import replay_event
from integrations.actions.syncs import request_sync
from integrations.models import Trigger
from vault.tenancy import SITE_ID


@transaction.atomic
def ask_for_sync(*, actor: Actor, workspace_id: UUID, connection_id: UUID) -> None:
    """Have a connection read anew: in the workspace's own log and in the site's. Outside any scope.

    Raises Connection.DoesNotExist, NotConnected, SyncsPaused, AskedToWait.
    """
    with workspace_scope(workspace_id):
        request_sync(actor=actor, connection_id=connection_id, trigger=Trigger.PERSON)
    with workspace_scope(SITE_ID):
        target, detail = Target("connection", connection_id), {"workspace": str(workspace_id)}
        record(actor=actor, action="operators.sync.requested", target=target, detail=detail)


@transaction.atomic
def replay_news(*, actor: Actor, workspace_id: UUID, event_id: UUID) -> None:
    """Have an event of Stripe's followed once more: in the workspace's own log and in the site's. Outside any scope.

    Raises StripeEvent.DoesNotExist.
    """
    with workspace_scope(workspace_id):
        replay_event(actor=actor, event_id=event_id)
    with workspace_scope(SITE_ID):
        target, detail = Target("stripe_event", event_id), {"workspace": str(workspace_id)}
        record(actor=actor, action="operators.event.replayed", target=target, detail=detail)
