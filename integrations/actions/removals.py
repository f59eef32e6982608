"""Ending access at the provider. What is to be ended is written down with its token first, and erased once it is ended."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from config.enqueueing import enqueue_after_commit
from integrations.models import Connection, ItemRemoval, RemovalState
from integrations.providers.secret import Secret
from integrations.queues import END_ITEM
from integrations.timing import CLAIM, until_next_try
from vault.tenancy import current_workspace_id


@transaction.atomic
def request_removal(*, actor: Actor, access_token: Secret, connection_id: UUID | None) -> ItemRemoval:
    """Keep a token until the provider has ended its item. Whoever asks tries at once; the clock tries from then on."""
    removal = ItemRemoval.objects.create(
        connection_id=connection_id, access_token=access_token, due_at=timezone.now() + CLAIM
    )
    record(actor=actor, action="integrations.item.removal_requested", target=Target("item_removal", removal.pk))
    return removal


@transaction.atomic
def request_revocation(
    *, actor: Actor, token: Secret, location: str, connection_id: UUID | None = None, is_handed_on: bool = True
) -> ItemRemoval:
    """Keep a token of Zoho's until Zoho has ended it. The worker asks at once, or else the asker does."""
    removal = ItemRemoval.objects.create(
        provider=Connection.Provider.ZOHO,
        location=location,
        connection_id=connection_id,
        access_token=token,
        due_at=timezone.now() + (timedelta() if is_handed_on else CLAIM),
    )
    if is_handed_on:
        enqueue_after_commit(END_ITEM, current_workspace_id(), removal.pk)
    record(actor=actor, action="integrations.grant.revocation_requested", target=Target("item_removal", removal.pk))
    return removal


@transaction.atomic
def complete_removal(*, actor: Actor, removal_id: UUID) -> None:
    """The provider has ended the item, or knows it no more: its token is erased. Quiet the second time."""
    removal = ItemRemoval.objects.select_for_update().get(pk=removal_id)
    if removal.state == RemovalState.DONE:
        return
    removal.state, removal.access_token, removal.due_at = RemovalState.DONE, None, None
    removal.ended_at = timezone.now()
    removal.save()
    record(actor=actor, action="integrations.item.removed", target=Target("item_removal", removal.pk))


@transaction.atomic
def put_off_removal(*, actor: Actor, removal_id: UUID) -> None:
    """The provider could not be asked, or refused: it is asked again, ever more rarely. The calls are on record."""
    removal = ItemRemoval.objects.select_for_update().get(pk=removal_id)
    if removal.state == RemovalState.DUE:
        removal.attempts += 1
        removal.due_at = timezone.now() + until_next_try(removal.attempts)
        removal.save(update_fields=["attempts", "due_at"])
