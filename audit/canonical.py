"""The bytes of an event that the chain is computed over, and the hashes. An auditor's verifier needs only this page.

Canonical form 1 is JSON with sorted keys, no spaces and UTF-8; times in UTC with six decimals; sealed bytes in hex. The
leaf hash is that of RFC 6962, so that a checkpoint can prove one event by itself.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from uuid import UUID

from audit.models import Event

FORMAT = 1
GENESIS = bytes(32)
_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def event_facts(event: Event) -> dict[str, object]:
    """The event as the chain sees it, as it is written down."""
    return {
        "action": event.action,
        "actor_id": _text(event.actor_id),
        "actor_kind": event.actor_kind,
        "detail": bytes(event.sealed_detail).hex(),
        "format": event.format,
        "id": str(event.id),
        "occurred_at": event.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "outcome": event.outcome,
        "personal": bytes(event.sealed_personal).hex(),
        "target_id": _text(event.target_id),
        "target_kind": event.target_kind,
        "workspace_id": str(event.workspace_id),
    }


def canonical_bytes(event: Event) -> bytes:
    """The bytes that are hashed of an event."""
    return as_canonical(event_facts(event))


def as_canonical(facts: Mapping[str, object]) -> bytes:
    """Facts as canonical JSON."""
    return _encoder.encode(facts).encode()


def leaf_hash(event: Event) -> bytes:
    """SHA-256 of 0x00 and the canonical bytes (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + canonical_bytes(event)).digest()


def link_hash(previous: bytes, sequence: int, leaf: bytes) -> bytes:
    """The hash of a link: it holds its place, the event and all that came before."""
    return sha256(b"counterfoil audit link v1\x00" + previous + sequence.to_bytes(8, "big") + leaf).digest()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
