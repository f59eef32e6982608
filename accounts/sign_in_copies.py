"""A person's sign-ins stand in the site's record; this tells them again in the record of each of their workspaces, once.

It follows the site's chain and remembers how far it has come. What it does again after a crash changes nothing: a copy's
id is made from its original's.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from accounts.access import workspace_scope
from accounts.actions.standing import workspaces_of
from audit.log import Actor, Original, Target, open_detail, open_personal, record
from audit.models import Event, Follower, Link
from vault.envelope import SealBroken
from vault.keyring import KeyDestroyed
from vault.providers.base import KeyUnusable
from vault.tenancy import SITE_ID

log = logging.getLogger(__name__)

COPIED = frozenset(
    {
        "accounts.session.created",
        "accounts.session.ended",
        "accounts.session.revoked",
        "accounts.user.locked_out",
        "accounts.device.added",
        "accounts.password.changed",
        "accounts.user.address_changed",
        "accounts.factor.created",
        "accounts.factor.removed",
        "accounts.factor.proven",
        "accounts.factor.refused",
    }
)
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Telling:
    """An event of the site, opened, and the person whom it is about."""

    event: Event
    person_id: UUID
    actor: Actor
    detail: dict[str, object]


def copy_sign_ins(*, batch: int = BATCH) -> None:
    """Copy what the site's chain has gained since the last time. Outside any scope."""
    while _copy_batch(batch):
        pass


def _copy_batch(batch: int) -> bool:
    with workspace_scope(SITE_ID):
        follower, _ = Follower.objects.get_or_create(workspace_id=SITE_ID)
        links = list(Link.objects.filter(sequence__gt=follower.sequence).order_by("sequence")[:batch])
        events = Event.objects.filter(pk__in=[link.event_id for link in links], action__in=COPIED)
        tellings = list(_open(events))
    for telling in tellings:
        with transaction.atomic():
            workspaces = workspaces_of(telling.person_id)
        for workspace_id in workspaces:
            _tell_in(workspace_id, telling)
    if links:
        with workspace_scope(SITE_ID):
            seen = Greatest("sequence", Value(links[-1].sequence))
            Follower.objects.filter(workspace_id=SITE_ID).update(sequence=seen)
    return len(links) == batch


def _open(events: Iterable[Event]) -> Iterator[_Telling]:
    for event in events:
        try:
            detail = open_detail(event)
        except SealBroken as broken:
            # The nightly verification says so too. One event that was tampered with must not end the telling of all others.
            log.error("An event of the site could not be told: %s", broken)
            continue
        person_id = _person_of(event, detail)
        if person_id is not None:
            yield _Telling(event, person_id, _actor_of(event), detail)


def _person_of(event: Event, detail: dict[str, object]) -> UUID | None:
    if event.target_kind == "user":
        return event.target_id
    named = detail.get("user")
    return UUID(named) if isinstance(named, str) else event.actor_id


def _actor_of(event: Event) -> Actor:
    try:
        facts = {name: str(value) for name, value in open_personal(event).items() if isinstance(value, str)}
    except (KeyDestroyed, KeyUnusable, SealBroken):
        facts = {}
    return Actor(Event.ActorKind(event.actor_kind), user_id=event.actor_id, **facts)


def _tell_in(workspace_id: UUID, telling: _Telling) -> None:
    try:
        with workspace_scope(workspace_id):
            _tell(telling)
    except KeyDestroyed:
        return
    except KeyUnusable as reason:
        # The site's record has it. One workspace whose keys are not to be had must not keep all others from being told.
        log.error("Workspace %s could not be told of %s: %s", workspace_id, telling.event.pk, reason)


def _tell(telling: _Telling) -> None:
    event = telling.event
    target = Target(event.target_kind, event.target_id) if event.target_id else None
    record(
        actor=telling.actor,
        action=event.action,
        target=target,
        detail=telling.detail,
        outcome=Event.Outcome(event.outcome),
        original=Original(event.pk, event.occurred_at),
    )
