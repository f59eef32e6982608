"""What somebody could do to the record who has the database and not the keys: no trigger, no policy and no grant in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from audit.canonical import GENESIS
from audit.chain import link_events
from audit.checkpoints import checkpoint_hash, newest_checkpoint, signed_bytes
from audit.log import record
from audit.models import Checkpoint, Event
from audit.walking import Walk, advance, read_steps
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault.signing import key_id_of, verification_keys
from vault.tenancy import enter_workspace


@contextmanager
def inside(workspace_id: UUID) -> Iterator[None]:
    with transaction.atomic(), enter_workspace(workspace_id):
        yield


def do_things(person: Persona, count: int = 5) -> list[Event]:
    """Record some events in the person's workspace."""
    with inside(person.workspace.pk):
        return [record(actor=person.actor, action="tests.thing.done", detail={"n": n}) for n in range(count)]


def tamper(workplace: Workplace, *statements: str | tuple[str, list[object]]) -> None:
    """Run statements as the server's administrator; each must touch something."""
    with psycopg.connect(workplace.servers.postgres.admin_url_of(workplace.database)) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for statement in statements:
            text, parameters = (statement, []) if isinstance(statement, str) else statement
            assert superuser.execute(text.encode(), parameters).rowcount > 0


def steal_key() -> Ed25519PrivateKey:
    """The signing key in use now, as somebody would have it who has read KEY_DIR once."""
    number = len(verification_keys())
    return Ed25519PrivateKey.from_private_bytes((settings.KEY_DIR / "signing" / f"{number}.key").read_bytes())


def sign_as(private: Ed25519PrivateKey, person: Persona, taken_at: datetime) -> Checkpoint:
    """A checkpoint over all there is, right in everything but perhaps by whom and when it was signed."""
    with inside(person.workspace.pk):
        link_events()
        walk, last = Walk(), newest_checkpoint()
        for step in read_steps(0):
            assert list(advance(walk, step)) == []
        made = Checkpoint(
            workspace_id=person.workspace.pk,
            number=last.number + 1 if last else 1,
            size=walk.sequence,
            head=walk.head,
            root=walk.frontier.root(),
            frontier=walk.frontier.to_bytes(),
            previous_hash=checkpoint_hash(last) if last else GENESIS,
            taken_at=taken_at,
            key_id=key_id_of(private.public_key().public_bytes_raw()),
        )
        made.signature = private.sign(signed_bytes(made))
        made.save(force_insert=True)
    return made
