"""Keys told apart in time: what a key signed after it was retired, or before it was made, is a fault. R94.

Somebody has read KEY_DIR once and can write the database. What they sign is right in everything but its time.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from audit.checkpoints import ChainBroken, sign_checkpoint
from audit.copies import copy_record
from audit.pages.bundles import verify
from audit.verification import verify_workspace
from tests.audit.tampering import do_things, sign_as, steal_key
from tests.audit.test_verifier import export, run
from tests.support.people import Persona
from vault.signing import CLOCKS_APART, rotate_signing_key

pytestmark = pytest.mark.django_db(transaction=True)

MORE = CLOCKS_APART + timedelta(minutes=1)
VERIFIER = Path(verify.__file__)


def faults_of(person: Persona) -> tuple[str, ...]:
    verdict = verify_workspace(person.workspace.pk)
    assert verdict is not None
    return verdict.faults


def unpacked(person: Persona, folder: Path) -> Path:
    with ZipFile(export(person, folder / "export.zip", part_bytes=1_000)) as zipped:
        zipped.extractall(folder / "export")
    return folder / "export"


@pytest.fixture
def stolen(alice: Persona) -> Ed25519PrivateKey:
    """The key that has signed one day of alice's log, and more since; it is in use still."""
    do_things(alice)
    assert sign_checkpoint(alice.workspace.pk) is not None
    do_things(alice)
    return steal_key()


def test_a_key_in_use_may_sign_and_so_may_one_that_was_rotated_out_just_now(
    alice: Persona, stolen: Ed25519PrivateKey
) -> None:
    sign_as(stolen, alice, timezone.now())
    rotate_signing_key()
    do_things(alice)
    # In the same moment as the rotation, by the clock of a machine that is some minutes ahead.
    sign_as(stolen, alice, timezone.now() + CLOCKS_APART / 2)
    assert faults_of(alice) == ()
    do_things(alice)
    assert sign_checkpoint(alice.workspace.pk) is not None
    assert faults_of(alice) == ()


def test_what_a_retired_key_signs_is_found_and_nothing_is_signed_after_it(
    alice: Persona, stolen: Ed25519PrivateKey, tmp_path: Path
) -> None:
    rotate_signing_key()
    sign_as(stolen, alice, timezone.now() + MORE)
    assert faults_of(alice) == ("checkpoint 2 was signed after its key was retired",)
    with pytest.raises(ChainBroken, match="after its key was retired"):
        sign_checkpoint(alice.workspace.pk)
    answer = run(VERIFIER, unpacked(alice, tmp_path))
    assert answer.status == 1
    assert "DOES NOT HOLD: checkpoint 2 was signed after its key was retired" in answer.said


def test_what_a_key_signed_before_it_was_made_is_found(alice: Persona, tmp_path: Path) -> None:
    rotate_signing_key()
    do_things(alice)
    sign_as(steal_key(), alice, timezone.now() - MORE)
    assert faults_of(alice) == ("checkpoint 1 was signed before its key was made",)
    answer = run(VERIFIER, unpacked(alice, tmp_path))
    assert answer.status == 1
    assert "DOES NOT HOLD: checkpoint 1 was signed before its key was made" in answer.said


def test_a_checkpoint_that_is_dated_back_goes_back_behind_the_one_before(
    alice: Persona, stolen: Ed25519PrivateKey, tmp_path: Path
) -> None:
    before = timezone.now()
    rotate_signing_key()
    assert sign_checkpoint(alice.workspace.pk) is not None
    do_things(alice)
    # By its own word it was signed while the key was in use.
    sign_as(stolen, alice, before)
    assert faults_of(alice) == ("checkpoint 3 says an earlier time than the one before it",)
    answer = run(VERIFIER, unpacked(alice, tmp_path))
    assert answer.status == 1
    assert "DOES NOT HOLD: checkpoint 3 goes back behind the one before it" in answer.said


def sign_manifest(folder: Path, private: Ed25519PrivateKey, at: datetime) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["facts"]["exported_at"] = f"{at:%Y-%m-%dT%H:%M:%S}Z"
    public = private.public_key().public_bytes_raw()
    (key_id,) = [key["id"] for key in json.loads((folder / "keys.json").read_text()) if key["public"] == public.hex()]
    message = verify.MANIFEST + verify.canonical(manifest["facts"])
    manifest["signature"] = {"key_id": key_id, "value": private.sign(message).hex()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_manifest_that_a_retired_key_signs_is_found(
    alice: Persona, stolen: Ed25519PrivateKey, tmp_path: Path
) -> None:
    rotate_signing_key()
    folder = unpacked(alice, tmp_path)
    sign_manifest(folder, stolen, timezone.now())
    assert run(VERIFIER, folder).status == 0
    sign_manifest(folder, stolen, timezone.now() + MORE)
    answer = run(VERIFIER, folder)
    assert (answer.status, "manifest.json was signed after its key was retired" in answer.said) == (1, True)


def test_a_proof_by_a_retired_key_is_refused(alice: Persona, stolen: Ed25519PrivateKey, tmp_path: Path) -> None:
    (event,) = do_things(alice, 1)
    sign_as(stolen, alice, timezone.now() + MORE)
    address = f"/w/{alice.workspace.slug}/settings/audit-log/events/{event.pk}/proof/"
    (tmp_path / "proof.json").write_bytes(alice.client.get(address).content)
    assert run(VERIFIER, tmp_path / "proof.json").status == 0

    rotate_signing_key()
    proof = json.loads((tmp_path / "proof.json").read_text())
    (retired,) = [
        key
        for key in alice.client.get("/.well-known/counterfoil-audit-keys.json").json()["keys"]
        if key["id"] == proof["checkpoint"]["signature"]["key_id"]
    ]
    proof["keys"] = [retired]
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    answer = run(VERIFIER, tmp_path / "proof.json")
    assert (answer.status, "the checkpoint was signed after its key was retired" in answer.said) == (1, True)
    again = alice.client.get(address, follow=True).content.decode()
    assert "does not fit what was signed" in again


def test_a_copy_in_the_second_place_knows_when_a_key_was_retired(
    alice: Persona, stolen: Ed25519PrivateKey, tmp_path: Path, settings: Any
) -> None:
    settings.AUDIT_BACKUP_DIR = tmp_path
    folder = tmp_path / str(alice.workspace.pk)
    copy_record(alice.workspace.pk)
    rotate_signing_key()
    assert sign_checkpoint(alice.workspace.pk) is not None
    copy_record(alice.workspace.pk)
    assert run(VERIFIER, folder).status == 0
    do_things(alice)
    sign_as(stolen, alice, timezone.now() + MORE)
    copy_record(alice.workspace.pk)
    answer = run(VERIFIER, folder)
    assert (answer.status, "checkpoint 3 was signed after its key was retired" in answer.said) == (1, True)
