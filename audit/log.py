"""Writing the record: `record()` stands in every action, in the transaction of the change it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

import msgspec
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.canonical import FORMAT
from audit.models import Event
from audit.vocabulary import UnknownAction, is_known
from vault.envelope import Place, pad, unpad
from vault.keyring import (
    KeyDestroyed,
    Keyring,
    assume_keys,
    create_workspace_key,
    person_keyring,
    workspace_keyring,
)
from vault.tenancy import SITE_ID, current_workspace_id

DETAIL, PERSONAL = "audit.event.detail", "audit.event.personal"
BLOCK = 64
MAX_AGENT_CHARACTERS = 300
COLUMNS = (
    "id", "workspace_id", "format", "occurred_at", "action", "outcome", "actor_kind", "actor_id", "target_kind",
    "target_id", "sealed_detail", "sealed_personal",
)  # fmt: skip
CASTS = (
    "uuid", "uuid", "smallint", "timestamptz", "text", "text", "text", "uuid", "text", "uuid", "bytea", "bytea",
)  # fmt: skip
# One round trip for both, and for the question whether the keys are still those it was sealed under: where they are not,
# nothing is written. Nor is a copy that is there already.
INSERT = f"""
    WITH event AS (
        INSERT INTO audit_event ({", ".join(COLUMNS)}) SELECT {", ".join(f"%s::{cast}" for cast in CASTS)}
        WHERE {{condition}} ON CONFLICT (id) DO NOTHING RETURNING workspace_id, id
    )
    INSERT INTO audit_pending (workspace_id, event_id) SELECT workspace_id, id FROM event
"""  # noqa: S608 - made of the names above


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, the system in one of its parts, or a provider. Address and agent are personal, and
    so are the session's id, which is not its key, and the request's.
    """

    kind: Event.ActorKind
    user_id: UUID | None = None
    part: str = ""
    address: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    request: str = field(default="", repr=False)

    @classmethod
    def person(cls, user_id: UUID, *, address: str = "", agent: str = "", session: str = "", request: str = "") -> Self:
        """A signed-in person, with the address and browser they came with."""
        agent = agent[:MAX_AGENT_CHARACTERS]
        person = Event.ActorKind.PERSON
        return cls(person, user_id=user_id, address=address, agent=agent, session=session, request=request)

    @classmethod
    def system(cls, part: str) -> Self:
        """The product itself: `part` says which, such as "sync"."""
        return cls(Event.ActorKind.SYSTEM, part=part)

    @classmethod
    def provider(cls, name: str, *, address: str = "") -> Self:
        """A provider, by webhook or callback."""
        return cls(Event.ActorKind.PROVIDER, part=name, address=address)

    @classmethod
    def anonymous(cls, *, address: str = "", agent: str = "", request: str = "") -> Self:
        """Somebody who has not signed in."""
        return cls(Event.ActorKind.ANONYMOUS, address=address, agent=agent[:MAX_AGENT_CHARACTERS], request=request)


@dataclass(frozen=True, slots=True)
class Target:
    """What was acted on: the kind of object and its id."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Original:
    """Where and when something happened that is told again in another record. Told twice there, it is written once."""

    event_id: UUID
    occurred_at: datetime


def record(
    *,
    actor: Actor,
    action: str,
    target: Target | None = None,
    detail: Mapping[str, object] | None = None,
    own: Mapping[str, object] | None = None,
    outcome: Event.Outcome = Event.Outcome.SUCCEEDED,
    original: Original | None = None,
) -> Event:
    """Write one event of the workspace in scope, in this transaction. Takes no lock.

    `action` is one of `audit.vocabulary`. `detail` is sealed under the workspace's key, the actor's address, agent,
    session and request under the actor's own, and so is `own`: facts that are the person's, such as their name. What a
    deed has changed stands in either as `before` and `after`, by field: see `changes`.
    Raises NoScope outside a scope, and outside production UnknownAction.
    """
    workspace_id = current_workspace_id()
    if not is_known(action) and not settings.ENVIRONMENT.is_production:
        raise UnknownAction(action)
    if workspace_id == SITE_ID:
        create_workspace_key()
    event = Event(
        id=uuid5(original.event_id, str(workspace_id)) if original else uuid4(),
        workspace_id=workspace_id,
        format=FORMAT,
        occurred_at=original.occurred_at if original else timezone.now(),
        action=action,
        outcome=outcome,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        target_kind=target.kind if target else "",
        target_id=target.id if target else None,
    )
    facts, personal = dict(detail or {}), _personal(actor, dict(own or {}))
    assumed = assume_keys(actor.user_id)
    if assumed is not None:
        _seal_event(event, assumed.workspace, assumed.person, facts, personal)
        if _insert(event, assumed.condition, assumed.parameters):
            assumed.confirm()
            return event
    keyring, theirs = workspace_keyring(), _keyring_of(actor)
    # Of a person who was erased nothing more is kept; that work they began goes on may still be told.
    is_erased = actor.user_id is not None and theirs is None
    _seal_event(event, keyring, theirs, facts, {} if is_erased else personal)
    _insert(event)
    return event


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """`before` and `after` of the fields that differ, to stand in the detail of an event."""
    names = [name for name in after if before.get(name) != after[name]]
    return {"before": {name: before.get(name) for name in names}, "after": {name: after[name] for name in names}}


def open_detail(event: Event) -> dict[str, object]:
    """What `record` was told about the event. Raises KeyDestroyed, SealBroken."""
    return _open(workspace_keyring(), DETAIL, event, bytes(event.sealed_detail))


def open_personal(event: Event) -> dict[str, object]:
    """The actor's address, agent, session and request, and what is their `own` of it.

    Raises KeyDestroyed when the person was erased, SealBroken.
    """
    keyring = workspace_keyring() if event.actor_id is None else person_keyring(event.actor_id)
    return _open(keyring, PERSONAL, event, bytes(event.sealed_personal))


def _insert(event: Event, condition: str = "true", parameters: Sequence[Any] = ()) -> bool:
    """Whether it was written: not where the condition does not hold, and not where it is there."""
    values = [getattr(event, name) for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(condition=condition), [*values, *parameters])
        is_written = bool(cursor.rowcount)
    event._state.adding, event._state.db = False, connection.alias
    return is_written


def _keyring_of(actor: Actor) -> Keyring | None:
    """The keys of the person who acts, None where there is none, or none any more."""
    if actor.user_id is None:
        return None
    try:
        return person_keyring(actor.user_id)
    except KeyDestroyed:
        return None


def _personal(actor: Actor, own: dict[str, object]) -> dict[str, object]:
    facts: dict[str, object] = {
        "address": actor.address,
        "agent": actor.agent,
        "part": actor.part,
        "session": actor.session,
        "request": actor.request,
    }
    return {**facts, "own": own} if own else facts


def _seal_event(
    event: Event, keyring: Keyring, theirs: Keyring | None, facts: dict[str, object], personal: dict[str, object]
) -> None:
    event.sealed_detail = _seal(keyring, DETAIL, event, facts)
    event.sealed_personal = _seal(theirs or keyring, PERSONAL, event, personal)


def _seal(keyring: Keyring, label: str, event: Event, facts: dict[str, object]) -> bytes:
    return keyring.seal(label, event.id, pad(msgspec.json.encode(facts), BLOCK))


def _open(keyring: Keyring, label: str, event: Event, sealed: bytes) -> dict[str, object]:
    plaintext = keyring.open(label, event.id, sealed)
    return msgspec.json.decode(unpad(plaintext, Place(keyring.owner.id, label, event.id)), type=dict[str, object])
