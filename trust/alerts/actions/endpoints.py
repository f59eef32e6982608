"""Where a workspace has its alerts sent, and the secret that its messages are signed with."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from audit.models import Event
from integrations.providers.secret import Secret
from trust.alerts.models import Delivery, Endpoint
from vault.locks import lock_until_commit
from vault.tenancy import current_workspace_id

# As long as a receiver may take to learn a new secret.
BOTH_SIGN = timedelta(hours=24)
PREFIX, BYTES = "whsec_", 32


class NoEndpoint(LookupError):
    """Nothing is set up, or not any more."""

    def __init__(self) -> None:
        super().__init__("No address is set. Somebody may have removed it meanwhile.")


@transaction.atomic
def set_endpoint(*, actor: Actor, url: str) -> Secret:
    """Send alerts of the workspace in scope there from now on. The secret is new, and the one before is good no more."""
    lock_until_commit(f"alerts.endpoint:{current_workspace_id()}")
    endpoint = Endpoint.objects.first() or Endpoint()
    endpoint.url, endpoint.secret = url, _new_secret()
    endpoint.former_secret = endpoint.former_until = None
    endpoint.state, endpoint.result, endpoint.tried_at = Endpoint.State.ACTIVE, "", None
    endpoint.save()
    # What waited was meant for another receiver.
    Delivery.objects.all().delete()
    _record(actor, endpoint, "set")
    return endpoint.secret


@transaction.atomic
def rotate_secret(*, actor: Actor) -> Secret:
    """Sign with a new secret too; the one before signs beside it for a day. Raises NoEndpoint."""
    endpoint = _take()
    endpoint.former_secret, endpoint.former_until = endpoint.secret, timezone.now() + BOTH_SIGN
    endpoint.secret = _new_secret()
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    _record(actor, endpoint, "secret_rotated")
    return endpoint.secret


@transaction.atomic
def remove_endpoint(*, actor: Actor) -> None:
    """Send nothing any more. Raises NoEndpoint."""
    endpoint = _take()
    Delivery.objects.all().delete()
    _record(actor, endpoint, "removed")
    endpoint.delete()


@transaction.atomic
def disable_endpoint(*, actor: Actor) -> None:
    """The receiver has taken nothing for hours: send nothing until a person sets the address again. An alert follows."""
    endpoint = Endpoint.objects.select_for_update().filter(state=Endpoint.State.ACTIVE).first()
    if endpoint is None:
        return
    endpoint.state = Endpoint.State.DISABLED
    endpoint.save(update_fields=["state"])
    Delivery.objects.all().delete()
    _record(actor, endpoint, "disabled", Event.Outcome.FAILED)


def _take() -> Endpoint:
    endpoint = Endpoint.objects.select_for_update().first()
    if endpoint is None:
        raise NoEndpoint
    return endpoint


def _new_secret() -> Secret:
    return Secret(PREFIX + secrets.token_urlsafe(BYTES))


def _record(actor: Actor, endpoint: Endpoint, deed: str, outcome: Event.Outcome = Event.Outcome.SUCCEEDED) -> None:
    record(actor=actor, action=f"alerts.webhook.{deed}", target=Target("endpoint", endpoint.pk), outcome=outcome)
