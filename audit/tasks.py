"""The linker's work every few seconds, each night's checkpoint and verification of every chain, and exports for auditors.
Tasks carry ids only, and one that was cut off is gone on with by the next.
"""

import logging
from uuid import UUID

from celery import current_app, shared_task
from django.db import transaction

from audit.chain import link_events
from audit.checkpoints import ChainBroken, sign_checkpoint
from audit.copies import copy_record
from audit.log import Actor, Target, record
from audit.models import Event, Pending
from audit.pages.bundles import actions as bundles
from audit.pages.bundles.making import make_bundle
from audit.queues import (
    CLOSE_DAY,
    CLOSE_WORKSPACE,
    DELETE_BUNDLE,
    FIND_BUNDLES,
    LINK_WAITING,
    LINK_WORKSPACE,
    MAKE_BUNDLE,
    VERIFY_WORKSPACE,
)
from audit.verification import verify_workspace
from vault.keyring import every_workspace_id
from vault.quiet import ends_with_its_key
from vault.tenancy import SITE_ID, enter_workspace

log = logging.getLogger(__name__)


@shared_task(name=LINK_WAITING)
def link_waiting() -> None:
    """Find the workspaces with events to link, as the scheduler, and hand on their ids."""
    waiting = Pending.objects.using("scheduler").values_list("workspace_id", flat=True).distinct()
    for workspace_id in waiting:
        current_app.send_task(LINK_WORKSPACE, [str(workspace_id)])


@shared_task(name=LINK_WORKSPACE)
def link_workspace(workspace_id: str) -> None:
    """Link one workspace's waiting events."""
    with transaction.atomic(), enter_workspace(UUID(workspace_id)):
        link_events()


@shared_task(name=CLOSE_DAY)
def close_day() -> None:
    """Ask for the night's work in each workspace, the site's own and those whose keys were destroyed among them."""
    for workspace_id in every_workspace_id():
        current_app.send_task(CLOSE_WORKSPACE, [str(workspace_id)])


@shared_task(name=CLOSE_WORKSPACE)
def close_workspace(workspace_id: str) -> None:
    """Sign a workspace's chain as it is, copy what is new to the second place, and verify all of it. What fails of these
    keeps none of the others from being done, and is an event of the site.
    """
    _sign(UUID(workspace_id))
    _copy(UUID(workspace_id))
    _verify(UUID(workspace_id))


@shared_task(name=VERIFY_WORKSPACE)
def verify_one(workspace_id: str) -> None:
    """Verify a workspace's chain because somebody has asked."""
    verify_workspace(UUID(workspace_id))


@shared_task(name=FIND_BUNDLES)
def find_bundles() -> None:
    """Ask for exports that nobody makes, and for the end of those whose time is over."""
    for task, workspace_id, bundle_id in bundles.find_due():
        current_app.send_task(task, [str(workspace_id), str(bundle_id)])


@shared_task(name=MAKE_BUNDLE)
@ends_with_its_key
def make_one(workspace_id: str, bundle_id: str) -> None:
    """Write an export for an auditor, if it waits to be written."""
    make_bundle(UUID(workspace_id), UUID(bundle_id))


@shared_task(name=DELETE_BUNDLE)
@ends_with_its_key
def delete_one(workspace_id: str, bundle_id: str) -> None:
    """Delete an export whose time is over."""
    with transaction.atomic(), enter_workspace(UUID(workspace_id)):
        bundles.delete_bundle(bundle_id=UUID(bundle_id))


def _sign(workspace_id: UUID) -> None:
    try:
        sign_checkpoint(workspace_id)
    except ChainBroken as fault:
        # The verification that follows finds it too, and is what tells of it.
        log.error("No checkpoint of workspace %s was signed: %s", workspace_id, fault)
    except Exception as reason:  # noqa: BLE001 - whatever it is, nothing was signed
        _tell(workspace_id, "checkpoint", reason)


def _copy(workspace_id: UUID) -> None:
    try:
        copy_record(workspace_id)
    except Exception as reason:  # noqa: BLE001 - whatever it is, nothing was copied
        _tell(workspace_id, "copy", reason)


def _verify(workspace_id: UUID) -> None:
    try:
        verify_workspace(workspace_id)
    except Exception as reason:  # noqa: BLE001 - whatever it is, nothing was verified
        _tell(workspace_id, "verification", reason)


def _tell(workspace_id: UUID, what: str, reason: Exception) -> None:
    """By the kind of what was raised alone: its text may hold anything."""
    log.error("The night's %s of workspace %s failed", what, workspace_id, exc_info=reason)
    with transaction.atomic(), enter_workspace(SITE_ID):
        record(
            actor=Actor.system(what),
            action=f"audit.{what}.failed",
            target=Target("workspace", workspace_id),
            detail={"because": type(reason).__name__},
            outcome=Event.Outcome.FAILED,
        )
