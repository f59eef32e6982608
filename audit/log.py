"""Writing the record: `record()` stands in every action, in the transaction of the change it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

import msgspec
from django.utils import timezone

from audit.canonical import FORMAT
from audit.models import Event, Pending
from vault.envelope import Place, pad, unpad
from vault.keyring import KeyDestroyed, Keyring, create_workspace_key, person_keyring, workspace_keyring
from vault.tenancy import SITE_ID, current_workspace_id

DETAIL, PERSONAL = "audit.event.detail", "audit.event.personal"
BLOCK = 64
MAX_AGENT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, the system in one of its parts, or a provider. Address and agent are personal."""

    kind: Event.ActorKind
    user_id: UUID | None = None
    part: str = ""
    address: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)

    @classmethod
    def person(cls, user_id: UUID, *, address: str = "", agent: str = "") -> Self:
        """A signed-in person, with the address and browser they came with."""
        return cls(Event.ActorKind.PERSON, user_id=user_id, address=address, agent=agent[:MAX_AGENT_CHARACTERS])

    @classmethod
    def system(cls, part: str) -> Self:
        """The product itself: `part` says which, such as "sync"."""
        return cls(Event.ActorKind.SYSTEM, part=part)

    @classmethod
    def provider(cls, name: str, *, address: str = "") -> Self:
        """A provider, by webhook or callback."""
        return cls(Event.ActorKind.PROVIDER, part=name, address=address)

    @classmethod
    def anonymous(cls, *, address: str = "", agent: str = "") -> Self:
        """Somebody who has not signed in."""
        return cls(Event.ActorKind.ANONYMOUS, address=address, agent=agent[:MAX_AGENT_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted on: the kind of object and its id."""

    kind: str
    id: UUID


def record(
    *,
    actor: Actor,
    action: str,
    target: Target | None = None,
    detail: Mapping[str, object] | None = None,
    outcome: Event.Outcome = Event.Outcome.SUCCEEDED,
) -> Event:
    """Write one event of the workspace in scope, in this transaction. Takes no lock.

    `action` reads `app.object.past_participle`. `detail` is sealed under the workspace's key, the actor's address and
    agent under the actor's own. Raises NoScope outside a scope.
    """
    if current_workspace_id() == SITE_ID:
        create_workspace_key()
    event = Event(
        workspace_id=current_workspace_id(),
        format=FORMAT,
        occurred_at=timezone.now(),
        action=action,
        outcome=outcome,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        target_kind=target.kind if target else "",
        target_id=target.id if target else None,
    )
    own = workspace_keyring()
    event.sealed_detail = _seal(own, DETAIL, event, dict(detail or {}))
    event.sealed_personal = _seal_personal(own, event, actor)
    event.save(force_insert=True)
    Pending.objects.create(event_id=event.id)
    return event


def open_detail(event: Event) -> dict[str, object]:
    """What `record` was told about the event. Raises KeyDestroyed, SealBroken."""
    return _open(workspace_keyring(), DETAIL, event, bytes(event.sealed_detail))


def open_personal(event: Event) -> dict[str, object]:
    """The actor's address and agent. Raises KeyDestroyed when the person was erased, SealBroken."""
    keyring = workspace_keyring() if event.actor_id is None else person_keyring(event.actor_id)
    return _open(keyring, PERSONAL, event, bytes(event.sealed_personal))


def _seal_personal(own: Keyring, event: Event, actor: Actor) -> bytes:
    facts: dict[str, object] = {"address": actor.address, "agent": actor.agent, "part": actor.part}
    if actor.user_id is None:
        return _seal(own, PERSONAL, event, facts)
    try:
        return _seal(person_keyring(actor.user_id), PERSONAL, event, facts)
    except KeyDestroyed:
        # Of a person who was erased nothing more is kept; that work they began goes on may still be told.
        return _seal(own, PERSONAL, event, {})


def _seal(keyring: Keyring, label: str, event: Event, facts: dict[str, object]) -> bytes:
    return keyring.seal(label, event.id, pad(msgspec.json.encode(facts), BLOCK))


def _open(keyring: Keyring, label: str, event: Event, sealed: bytes) -> dict[str, object]:
    plaintext = keyring.open(label, event.id, sealed)
    return msgspec.json.decode(unpad(plaintext, Place(keyring.owner.id, label, event.id)), type=dict[str, object])
