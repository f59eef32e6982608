"""Checkpoints: signed, chained, over what was recomputed, and grown from the one before. R94."""

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from audit.canonical import GENESIS, leaf_hash
from audit.chain import link_events
from audit.checkpoints import (
    ChainBroken,
    checkpoint_hash,
    noted_checkpoint,
    sign_checkpoint,
    signature_fault,
    signed_bytes,
)
from audit.merkle import holds_leaf, inclusion_proof, tree_hash
from audit.models import Checkpoint, Event, Link
from tests.audit.tampering import do_things, inside, tamper
from tests.support.environment import Workplace
from tests.support.people import Persona
from vault import roles
from vault.signing import is_signed, rotate_signing_key, verification_keys

pytestmark = pytest.mark.django_db(transaction=True)


def sign(person: Persona) -> Checkpoint:
    checkpoint = sign_checkpoint(person.workspace.pk, batch=3)
    assert checkpoint is not None
    return checkpoint


def leaves_of(person: Persona) -> list[bytes]:
    with inside(person.workspace.pk):
        ids = Link.objects.order_by("sequence").values_list("event_id", flat=True)
        return [leaf_hash(Event.objects.get(pk=event_id)) for event_id in ids]


def test_a_checkpoint_signs_size_head_and_the_tree_of_all_events(alice: Persona) -> None:
    do_things(alice, 7)
    checkpoint, leaves = sign(alice), leaves_of(alice)
    with inside(alice.workspace.pk):
        head = bytes(Link.objects.get(sequence=len(leaves)).hash)
    assert (checkpoint.number, checkpoint.size, checkpoint.previous_hash) == (1, len(leaves), GENESIS)
    assert (checkpoint.root, checkpoint.head) == (tree_hash(leaves), head)
    key = verification_keys()[checkpoint.key_id]
    assert is_signed(key.public, bytes(checkpoint.signature), signed_bytes(checkpoint))


def test_the_next_one_grows_from_it_and_holds_its_hash(alice: Persona) -> None:
    do_things(alice)
    first = sign(alice)
    do_things(alice)
    second = sign(alice)
    assert second.root == tree_hash(leaves_of(alice))
    assert (second.number, second.previous_hash) == (2, checkpoint_hash(first))


def test_nothing_new_is_nothing_to_sign(alice: Persona) -> None:
    do_things(alice)
    sign(alice)
    assert sign_checkpoint(alice.workspace.pk) is None


def test_a_checkpoint_is_the_same_once_it_was_stored(alice: Persona) -> None:
    checkpoint = sign(alice)
    with inside(alice.workspace.pk):
        stored = Checkpoint.objects.get()
    assert signed_bytes(stored) == signed_bytes(checkpoint)
    assert checkpoint_hash(stored) == checkpoint_hash(checkpoint)
    assert signature_fault(stored, verification_keys()) is None


def test_what_was_signed_last_is_noted_beside_the_keys(alice: Persona) -> None:
    checkpoint = sign(alice)
    noted = noted_checkpoint(alice.workspace.pk)
    assert noted is not None
    assert (noted.number, noted.size, noted.hash) == (1, checkpoint.size, checkpoint_hash(checkpoint).hex())


def test_one_event_is_proven_by_a_few_hashes(alice: Persona) -> None:
    do_things(alice, 20)
    checkpoint, leaves = sign(alice), leaves_of(alice)
    proof = inclusion_proof(leaves, 11)
    assert len(proof) <= 5
    shown: dict[str, Any] = {"root": bytes(checkpoint.root), "size": checkpoint.size, "index": 11, "proof": proof}
    assert holds_leaf(leaf=leaves[11], **shown)
    assert not holds_leaf(leaf=leaves[12], **shown)


def test_a_chain_that_does_not_hold_is_not_signed(workplace: Workplace, alice: Persona) -> None:
    sign(alice)
    event = do_things(alice)[2]
    with inside(alice.workspace.pk):
        link_events()
    tamper(workplace, f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{event.pk}'")
    with pytest.raises(ChainBroken, match="is not what was linked"):
        sign_checkpoint(alice.workspace.pk)


def test_a_tree_that_was_replaced_is_not_grown(workplace: Workplace, alice: Persona) -> None:
    checkpoint = sign(alice)
    do_things(alice)
    other = (b"\x01" + bytes(checkpoint.frontier)[1:]).hex()
    tamper(workplace, f"UPDATE audit_checkpoint SET frontier = '\\x{other}' WHERE id = '{checkpoint.pk}'")
    with pytest.raises(ChainBroken, match="does not make the root"):
        sign_checkpoint(alice.workspace.pk)


def test_a_rotated_key_signs_on_and_the_old_signatures_hold(alice: Persona) -> None:
    first = sign(alice)
    rotate_signing_key()
    do_things(alice)
    second = sign(alice)
    keys = verification_keys()
    assert first.key_id != second.key_id
    assert [signature_fault(one, keys) for one in (first, second)] == [None, None]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET workspace_id = workspace_id",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "DROP TABLE {}",
    ],
)
@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_checkpoint"])
def test_the_web_role_only_appends_to_the_record(alice: Persona, table: str, statement: str) -> None:
    sign(alice)
    with inside(alice.workspace.pk), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        inside(alice.workspace.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_the_web_role_cannot_leave_out_the_triggers(alice: Persona) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        inside(alice.workspace.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET session_replication_role = replica")


@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_checkpoint"])
def test_the_owner_role_is_refused_by_trigger(workplace: Workplace, alice: Persona, table: str) -> None:
    sign(alice)
    with psycopg.connect(workplace.servers.role_url(roles.OWNER, workplace.database)) as owner:
        owner.execute("SELECT set_config('app.workspace_id', %s, false)", [str(alice.workspace.pk)])
        for statement in (
            f"UPDATE {table} SET workspace_id = workspace_id",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"), owner.transaction():
                owner.execute(statement.encode())


def test_anybody_may_read_the_public_keys_and_nothing_else_of_them(alice: Persona, client: Client) -> None:
    checkpoint = sign(alice)
    answer = client.get("/.well-known/counterfoil-audit-keys.json")
    published = {key["id"]: key for key in answer.json()["keys"]}
    assert answer["Content-Type"] == "application/json"
    assert published[checkpoint.key_id]["public"] == verification_keys()[checkpoint.key_id].public.hex()
    assert all(set(key) == {"id", "algorithm", "public", "created_at", "retired_at"} for key in published.values())
