"""The clock's part: what the key store should hold no more is removed from it, also after a crash had left it there."""

from celery import shared_task
from django.utils import timezone

from vault.lifecycle import KEPT_FOR_BACKUPS, forget_shares
from vault.queues import FORGET_SHARES


@shared_task(name=FORGET_SHARES)
def forget_shares_out_of_use() -> None:
    """Remove the shares of keys that were destroyed, and of versions out of use for long."""
    forget_shares(retired_before=timezone.now() - KEPT_FOR_BACKUPS)
