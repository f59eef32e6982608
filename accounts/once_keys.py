"""Keys under which deeds are asked for: one of several that use the same key does the deed, the others get its outcome.

Each function works in the scope that the key belongs to: a workspace, or the site for what belongs to none.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from psycopg.errors import LockNotAvailable

from accounts.models import OnceKey
from vault.keyring import create_workspace_key
from vault.tenancy import SITE_ID, current_workspace_id

KEPT_FOR = timedelta(hours=24)
# Longer than any view works that calls a provider. Who still has a key after that has died.
HELD_FOR = timedelta(minutes=2)
PATIENCE_SECONDS = 5.0


class OtherBody(ValueError):
    """The key was used before, to ask for something else."""


class UnderWay(RuntimeError):
    """Somebody is at it with this key just now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Digests of a key and of what is asked for under it: by today's secret first, then by those before it."""

    keys: tuple[bytes, ...] = field(repr=False)
    bodies: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is answered again; never a body."""

    status: int
    location: str = field(repr=False)
    object_id: UUID | None


def new_key() -> str:
    """A word that no other rendering of a form has."""
    return token_urlsafe(16)


def digest_asked(*, subject: str, key: str, path: str, values: Iterable[tuple[str, list[str]]]) -> Asked:
    """`subject` is whose key it is: two people may choose the same."""
    return Asked(_digests("key", [subject, key]), _digests("body", [path, sorted(values)]))


def claim_key(asked: Asked) -> UUID | Outcome:
    """The id under which this request has the key and is to do the deed, or what came of the one that did it.

    Waits for a transaction that is at it, at most PATIENCE_SECONDS. Raises OtherBody, UnderWay.
    """
    now = timezone.now()
    known = OnceKey.objects.filter(key_digest__in=asked.keys).first()
    if known is not None and known.expires_at <= now:
        known.delete()
        known = None
    if known is None:
        mine = _insert(asked, now)
        known = OnceKey.objects.filter(key_digest=asked.keys[0]).first()
        if known is None:
            raise UnderWay
        if known.pk == mine:
            return mine
    if bytes(known.body_digest) not in asked.bodies:
        raise OtherBody
    if known.status is not None:
        return Outcome(known.status, known.location or "", known.object_id)
    return _take_over(known, now)


def keep_outcome(claim: UUID, outcome: Outcome) -> None:
    """Note what came of the deed, for whoever asks again."""
    if current_workspace_id() == SITE_ID:
        create_workspace_key()
    row = OnceKey.objects.filter(pk=claim).first()
    if row is None:
        return
    row.status, row.location, row.object_id = outcome.status, outcome.location, outcome.object_id
    row.save(update_fields=["status", "location", "object_id"])


def free_key(claim: UUID) -> None:
    """Nothing was done: the key is as if it had never been used."""
    OnceKey.objects.filter(pk=claim, status=None).delete()


def forget_old_keys() -> int:
    """Delete what is older than KEPT_FOR; how many there were. Not recorded: nobody did anything."""
    count, _ = OnceKey.objects.filter(expires_at__lte=timezone.now()).delete()
    return count


def find_old_keys() -> Iterator[UUID]:
    """The workspaces, the site among them, that have some to forget. Asked as the scheduler."""
    old = OnceKey.objects.using("scheduler").filter(expires_at__lte=timezone.now())
    yield from old.values_list("workspace_id", flat=True).distinct()


def _insert(asked: Asked, now: datetime) -> UUID:
    """The id of the row, if this is the one that is there afterwards."""
    row = OnceKey(
        key_digest=asked.keys[0],
        body_digest=asked.bodies[0],
        held_until=now + HELD_FOR,
        expires_at=now + KEPT_FOR,
    )
    with _waiting_briefly():
        OnceKey.objects.bulk_create([row], ignore_conflicts=True)
    return row.pk


def _take_over(known: OnceKey, now: datetime) -> UUID:
    if known.held_until > now:
        raise UnderWay
    left = OnceKey.objects.filter(pk=known.pk, status=None, held_until=known.held_until)
    if not left.update(held_until=now + HELD_FOR):
        raise UnderWay
    return known.pk


@contextmanager
def _waiting_briefly() -> Iterator[None]:
    """The first of two that insert the same key lets the second wait until its transaction ends."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"])
            yield
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise UnderWay from None
        raise


def _digests(purpose: str, parts: list[object]) -> tuple[bytes, ...]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    value = json.dumps(parts)
    return tuple(
        salted_hmac(f"accounts.once.{purpose}", value, secret=secret, algorithm="sha256").digest() for secret in secrets
    )
