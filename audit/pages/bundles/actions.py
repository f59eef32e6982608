"""Deeds on exports of the record. They wait in `Bundle.due_at` for a worker, and for another when that one is gone."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from audit.log import Actor, Target, record
from audit.models import Bundle, Event
from audit.pages.bundles.parts import delete_parts
from audit.queues import DELETE_BUNDLE, MAKE_BUNDLE, VERIFY_WORKSPACE
from config.enqueueing import enqueue_after_commit
from vault.keyring import KeyDestroyed
from vault.locks import lock_until_commit
from vault.tenancy import current_workspace_id

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(minutes=5)
SYSTEM = Actor.system("export")


class ExportUnderWay(ValueError):
    """One export at a time is enough."""

    def __init__(self) -> None:
        super().__init__("An export is being made already. It appears here as soon as it is ready.")


class ExportGone(LookupError):
    """There is no such export, or not any more, or not yet."""

    def __init__(self) -> None:
        super().__init__("This export is not here any more. Ask for another one.")


@transaction.atomic
def request_verification(*, actor: Actor) -> None:
    """Have the whole log of the workspace in scope verified now."""
    record(actor=actor, action="audit.verification.requested")
    enqueue_after_commit(VERIFY_WORKSPACE, current_workspace_id())


@transaction.atomic
def request_bundle(*, actor: Actor) -> Bundle:
    """Have the log of the workspace in scope exported for an auditor. Raises ExportUnderWay."""
    if actor.user_id is None:
        raise PermissionError("Only a person exports a record.")
    lock_until_commit(f"audit.bundle:{current_workspace_id()}")
    if Bundle.objects.filter(state=Bundle.State.WAITING).exists():
        raise ExportUnderWay
    now = timezone.now()
    bundle = Bundle.objects.create(asked_by_id=actor.user_id, asked_at=now, due_at=now, expires_at=now + KEPT_FOR)
    record(actor=actor, action="audit.bundle.requested", target=Target("bundle", bundle.pk))
    enqueue_after_commit(MAKE_BUNDLE, current_workspace_id(), bundle.pk)
    return bundle


@transaction.atomic
def note_download(*, actor: Actor, bundle_id: UUID) -> Bundle:
    """Record that somebody takes an export away. Raises ExportGone."""
    bundle = Bundle.objects.filter(pk=bundle_id, state=Bundle.State.READY, expires_at__gt=timezone.now()).first()
    if bundle is None:
        raise ExportGone
    detail = {"events": bundle.events, "bytes": bundle.size}
    record(actor=actor, action="audit.bundle.downloaded", target=Target("bundle", bundle.pk), detail=detail)
    return bundle


@transaction.atomic
def note_proof(*, actor: Actor, event_id: UUID) -> None:
    """Record that somebody takes the proof of one event away."""
    record(actor=actor, action="audit.proof.downloaded", target=Target("event", event_id))


@transaction.atomic
def take_up_bundle(*, bundle_id: UUID) -> UUID | None:
    """Begin to write a bundle; the name of this attempt, None where there is nothing to do or another is at it."""
    bundle = Bundle.objects.select_for_update().filter(pk=bundle_id, state=Bundle.State.WAITING).first()
    if bundle is None or bundle.due_at is None or bundle.due_at > timezone.now():
        return None
    delete_parts(bundle.pk)
    bundle.run, bundle.written, bundle.due_at = uuid4(), 0, timezone.now() + LEASE
    bundle.save(update_fields=["run", "written", "due_at"])
    return bundle.run


@transaction.atomic
def note_progress(*, bundle_id: UUID, run: UUID, events: int, written: int) -> bool:
    """Say how far an attempt has come, and go on having the bundle; False when another attempt has it now."""
    mine = Bundle.objects.filter(pk=bundle_id, run=run, state=Bundle.State.WAITING)
    return bool(mine.update(events=events, written=written, due_at=timezone.now() + LEASE))


@transaction.atomic
def finish_bundle(*, bundle_id: UUID, run: UUID, size: int) -> bool:
    """All parts of a bundle are stored: it can be downloaded. False when another attempt has it now."""
    mine = Bundle.objects.select_for_update().filter(pk=bundle_id, run=run, state=Bundle.State.WAITING)
    bundle = mine.first()
    if bundle is None:
        return False
    bundle.state, bundle.size, bundle.due_at, bundle.run = Bundle.State.READY, size, None, None
    bundle.expires_at = timezone.now() + KEPT_FOR
    bundle.save()
    detail = {"events": bundle.events, "bytes": size}
    record(actor=SYSTEM, action="audit.bundle.completed", target=Target("bundle", bundle.pk), detail=detail)
    return True


@transaction.atomic
def fail_bundle(*, bundle_id: UUID, run: UUID) -> None:
    """An attempt could not be finished, and another would not be either. Quiet when it is not the one any more."""
    if Bundle.objects.filter(pk=bundle_id, run=run).update(state=Bundle.State.FAILED, due_at=None, run=None):
        delete_parts(bundle_id)
        target = Target("bundle", bundle_id)
        record(actor=SYSTEM, action="audit.bundle.failed", target=target, outcome=Event.Outcome.FAILED)


@transaction.atomic
def delete_bundle(*, bundle_id: UUID) -> None:
    """Delete an export whose time is over."""
    if Bundle.objects.filter(pk=bundle_id, expires_at__lte=timezone.now()).exists():
        delete_parts(bundle_id)
        Bundle.objects.filter(pk=bundle_id).delete()
        # Of a workspace whose key was destroyed nothing more is told, and nothing stays either.
        with suppress(KeyDestroyed):
            record(actor=SYSTEM, action="audit.bundle.deleted", target=Target("bundle", bundle_id))


def find_due() -> Iterator[tuple[str, UUID, UUID]]:
    """What a clock should ask for, as the scheduler: the task, the workspace and the bundle."""
    now, bundles = timezone.now(), Bundle.objects.using("scheduler")
    for task, due in ((DELETE_BUNDLE, {"expires_at__lte": now}), (MAKE_BUNDLE, {"due_at__lte": now})):
        for workspace_id, bundle_id in bundles.filter(**due).values_list("workspace_id", "id"):
            yield task, workspace_id, bundle_id
