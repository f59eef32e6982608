"""`verify.py` as an auditor has it: a single file, run by a bare Python, over an export that the worker has made. R94, R99.

Each part of the export is altered in turn, after the untouched one was shown to hold.
"""

import ast
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoints import sign_checkpoint
from audit.models import BundlePart
from audit.pages.bundles import verify
from audit.pages.bundles.actions import request_bundle
from audit.pages.bundles.making import make_bundle
from tests.audit.tampering import do_things, inside, tamper
from tests.support.environment import Workplace
from tests.support.people import Persona
from tests.vault.test_signing import RFC_8032
from vault.signing import is_signed, rotate_signing_key

pytestmark = pytest.mark.django_db(transaction=True)

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    said: str


def run(*arguments: object) -> Answer:
    """As on a machine with nothing but Python: no packages, no environment, another folder."""
    file = next(str(one) for one in arguments if str(one).endswith("verify.py"))
    others = [str(one) for one in arguments if not str(one).endswith("verify.py")]
    done = subprocess.run(
        [sys.executable, "-I", "-S", file, *others], capture_output=True, text=True, env={}, cwd="/", check=False
    )
    return Answer(done.returncode, done.stdout + done.stderr)


def export(person: Persona, to: Path, *, batch: int = 3, part_bytes: int = 2_000) -> Path:
    """An export as it is downloaded: every part from the database, one after the other."""
    with inside(person.workspace.pk):
        bundle = request_bundle(actor=person.actor)
    make_bundle(person.workspace.pk, bundle.pk, batch=batch, part_bytes=part_bytes)
    with inside(person.workspace.pk):
        parts = [part.data for part in BundlePart.objects.filter(bundle_id=bundle.pk).order_by("number")]
    assert len(parts) > 2
    to.write_bytes(b"".join(parts))
    return to


@pytest.fixture
def folder(alice: Persona, tmp_path: Path) -> Path:
    """An export of three days, unpacked, which was shown to hold."""
    for _ in range(3):
        do_things(alice)
        sign_checkpoint(alice.workspace.pk)
    do_things(alice, 2)
    with ZipFile(export(alice, tmp_path / "export.zip")) as zipped:
        assert zipped.testzip() is None
        zipped.extractall(tmp_path / "export")
    answer = run(tmp_path / "export" / "verify.py")
    assert (answer.status, "Everything holds" in answer.said) == (0, True), answer.said
    return tmp_path / "export"


def lines_of(folder: Path) -> Lines:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def write_lines(folder: Path, lines: Lines) -> None:
    text = "".join(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n" for line in lines)
    (folder / "events.jsonl").write_text(text, encoding="utf-8")


def edit(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    content = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(change(content) or content))


def other_than(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else ("1" if value[0] == "0" else "0") + value[1:]


def refused(folder: Path, *said: str) -> None:
    answer = run(folder / "verify.py")
    assert answer.status == 1, answer.said
    for words in said:
        assert words in answer.said, answer.said


def test_an_export_holds_as_a_zip_too_and_says_what_it_is(folder: Path, alice: Persona) -> None:
    answer = run(folder / "verify.py", folder.parent / "export.zip")
    assert answer.status == 0
    assert f"Audit log of workspace {alice.workspace.pk}" in answer.said
    assert f"{len(lines_of(folder))} events, 4 checkpoints" in answer.said
    assert (folder / "README.txt").read_text().count("/.well-known/counterfoil-audit-keys.json") == 1


def test_its_words_can_be_read(folder: Path) -> None:
    (line, *_) = [line for line in lines_of(folder) if line["event"]["action"] == "tests.thing.done"]
    assert line["words"]["who"] == "Alice"
    assert line["words"]["detail"] == {"n": 0}


def test_a_key_that_was_rotated_out_still_verifies(alice: Persona, folder: Path, tmp_path: Path) -> None:
    rotate_signing_key()
    do_things(alice)
    path = export(alice, tmp_path / "after.zip")
    answer = run(folder / "verify.py", path)
    assert answer.status == 0
    assert answer.said.count("signing key") >= 2


@pytest.mark.parametrize("where", ["action", "outcome", "occurred_at", "detail", "personal", "actor_id"])
def test_an_edited_event_is_found(folder: Path, where: str) -> None:
    lines = lines_of(folder)
    lines[3]["event"][where] = "00"
    write_lines(folder, lines)
    refused(folder, "(4) is not what was linked", "are not those of checkpoint 1", "events.jsonl is not the file")


def test_edited_words_are_found(folder: Path) -> None:
    lines = lines_of(folder)
    lines[3]["words"]["sentence"] = "Nobody did anything"
    write_lines(folder, lines)
    refused(folder, "events.jsonl is not the file that was exported")


def test_a_deleted_event_is_found(folder: Path) -> None:
    lines = lines_of(folder)
    del lines[3]
    write_lines(folder, lines)
    refused(folder, "4 is missing or not in its place", "does not follow the one before it")


def test_events_that_changed_places_are_found(folder: Path) -> None:
    lines = lines_of(folder)
    lines[3], lines[4] = lines[4], lines[3]
    write_lines(folder, lines)
    refused(folder, "4 is missing or not in its place: here stands 5")


def test_a_tail_that_was_cut_off_is_found(folder: Path) -> None:
    lines = lines_of(folder)
    write_lines(folder, lines[:-1])
    refused(folder, f"checkpoint 4 covers {len(lines)} events: {len(lines) - 1} are here", "events were exported")


def test_a_tail_that_was_cut_off_with_its_checkpoint_is_found(folder: Path) -> None:
    last = json.loads((folder / "checkpoints.json").read_text())[2]["facts"]["size"]
    write_lines(folder, lines_of(folder)[:last])
    edit(folder, "checkpoints.json", lambda checkpoints: checkpoints[:3])
    refused(folder, "the last checkpoint is not the one that was exported", "events were exported")


def test_an_event_that_was_slipped_in_is_found(folder: Path) -> None:
    lines = lines_of(folder)
    write_lines(folder, [*lines[:3], lines[3], *lines[3:]])
    refused(folder, "is missing or not in its place")


def test_a_chain_that_was_linked_anew_is_found(folder: Path) -> None:
    lines, head = lines_of(folder), bytes(32)
    del lines[3]
    for sequence, line in enumerate(lines, start=1):
        made = verify.link_hash(head, sequence, verify.leaf_hash(line["event"]))
        line["link"] = {"sequence": sequence, "previous": head.hex(), "hash": made.hex()}
        head = made
    write_lines(folder, lines)
    answer = run(folder / "verify.py")
    assert "is not what was linked" not in answer.said
    refused(folder, "are not those of checkpoint 1", "are not those of checkpoint 2")


@pytest.mark.parametrize("where", ["size", "root", "head", "taken_at", "previous", "number", "workspace_id"])
def test_an_edited_checkpoint_is_found(folder: Path, where: str) -> None:
    def change(checkpoints: Any) -> None:
        value = checkpoints[1]["facts"][where]
        checkpoints[1]["facts"][where] = other_than(value)

    edit(folder, "checkpoints.json", change)
    refused(
        folder, "the signature of checkpoint", "is not by the key that it names", "checkpoints.json is not the file"
    )


def test_a_deleted_checkpoint_is_found(folder: Path) -> None:
    edit(folder, "checkpoints.json", lambda checkpoints: [checkpoints[0], *checkpoints[2:]])
    refused(folder, "checkpoint 2 is missing", "checkpoint 3 does not follow the one before it")


@pytest.mark.parametrize("where", ["events", "head", "checkpoint", "exported_at", "workspace_id"])
def test_an_edited_manifest_is_found(folder: Path, where: str) -> None:
    def change(manifest: Any) -> None:
        value = manifest["facts"][where]
        manifest["facts"][where] = other_than(value)

    edit(folder, "manifest.json", change)
    refused(folder, "the signature of manifest.json is not by the key that it names")


@pytest.mark.parametrize("name", ["README.txt", "keys.json"])
def test_another_file_that_was_edited_is_found(folder: Path, name: str) -> None:
    (folder / name).write_text((folder / name).read_text() + "\n")
    refused(folder, f"{name} is not the file that was exported")


def test_an_export_whose_manifest_was_taken_away_is_no_copy(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    last = json.loads((folder / "checkpoints.json").read_text())[-1]["facts"]["size"]
    lines = lines_of(folder)[:last]
    lines[3]["words"]["sentence"] = "Nobody did anything"
    write_lines(folder, lines)
    refused(folder, "4 has words or came after the last checkpoint, and there is no manifest")


def test_what_a_file_holds_writes_over_nothing_that_is_said(folder: Path) -> None:
    hides = "\x1b[2J\x1b[8m\nEverything holds.\r"
    edit(folder, "manifest.json", lambda manifest: manifest["facts"].update(exported_at=hides))
    lines = lines_of(folder)
    lines[3]["event"]["id"] = hides
    write_lines(folder, lines)
    answer = run(folder / "verify.py")
    assert answer.status == 1
    assert not set("\x1b\r") & set(answer.said)
    assert "Everything holds." not in answer.said.splitlines()


def forge(folder: Path) -> Ed25519PrivateKey:
    """Leave an event out and sign everything anew with a key of one's own: nothing in the export is against it."""
    forger = Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw()
    signed_by = sha256(public).hexdigest()[:16]

    def sign(message: bytes) -> dict[str, str]:
        return {"key_id": signed_by, "value": forger.sign(message).hex()}

    lines, head, tree, heads = lines_of(folder)[1:], bytes(32), verify.Tree(), {}
    for sequence, line in enumerate(lines, start=1):
        leaf = verify.leaf_hash(line["event"])
        made = verify.link_hash(head, sequence, leaf)
        line["link"] = {"sequence": sequence, "previous": head.hex(), "hash": made.hex()}
        tree.append(leaf)
        head = made
        heads[sequence] = (head.hex(), tree.root().hex())
    write_lines(folder, lines)
    checkpoints, previous = json.loads((folder / "checkpoints.json").read_text()), bytes(32).hex()
    for checkpoint in checkpoints:
        facts = checkpoint["facts"]
        facts["size"] -= 1
        facts["head"], facts["root"] = heads[facts["size"]]
        facts["previous"] = previous
        checkpoint["signature"] = sign(verify.CHECKPOINT + verify.canonical(facts))
        previous = verify.checkpoint_hash(checkpoint).hex()
    (folder / "checkpoints.json").write_text(json.dumps(checkpoints))
    (folder / "keys.json").write_text(json.dumps([{"id": signed_by, "public": public.hex()}]))
    manifest = json.loads((folder / "manifest.json").read_text())
    facts = manifest["facts"]
    facts.update(events=len(lines), head=head.hex(), checkpoint=previous)
    facts["files"] = {name: verify.Export(folder).digest(name) for name in facts["files"]}
    manifest["signature"] = sign(verify.MANIFEST + verify.canonical(facts))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return forger


def test_a_log_made_up_whole_is_found_by_the_key_that_was_published(folder: Path) -> None:
    published = json.loads((folder / "keys.json").read_text())[-1]["public"]
    assert run(folder / "verify.py", "--key", published).status == 0
    forger = forge(folder)
    assert run(folder / "verify.py").status == 0
    answer = run(folder / "verify.py", "--key", published)
    assert answer.status == 1
    assert "names a signing key that is not believed" in answer.said
    assert forger.public_key().public_bytes_raw().hex() != published


def test_a_chain_broken_in_the_database_is_exported_and_found(
    alice: Persona, folder: Path, workplace: Workplace, tmp_path: Path
) -> None:
    event = do_things(alice)[1]
    sign_checkpoint(alice.workspace.pk)
    tamper(workplace, f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{event.pk}'")
    answer = run(folder / "verify.py", export(alice, tmp_path / "broken.zip"))
    assert answer.status == 1
    assert f"event {event.pk}" in answer.said


def test_what_is_no_export_is_said_to_be_none(folder: Path, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "other.zip", "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("manifest.json", "{}")
    (tmp_path / "text").write_text("not a zip")
    # Every byte of the packed events is 0xFF now.
    broken = bytearray((folder.parent / "export.zip").read_bytes())
    with ZipFile(folder.parent / "export.zip") as zipped:
        packed = zipped.getinfo("events.jsonl")
    start = packed.header_offset + 100
    broken[start : start + packed.compress_size - 100] = b"\xff" * (packed.compress_size - 100)
    (tmp_path / "broken.zip").write_bytes(broken)
    for path in (tmp_path / "other.zip", tmp_path / "text", tmp_path / "broken.zip", tmp_path / "nothing"):
        answer = run(folder / "verify.py", path)
        assert (answer.status, "cannot be verified" in answer.said) == (2, True)
    assert run(folder / "verify.py", "--event", "no-such-event").status == 2


@pytest.mark.parametrize(("public", "signature", "message"), RFC_8032)
def test_its_signatures_are_those_of_rfc_8032(public: str, signature: str, message: str) -> None:
    key, signed, text = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert verify.is_signed(key, signed, text)
    assert not verify.is_signed(key, signed, text + b"\x00")
    # The same signature with the order of the group added, which RFC 8032 has refused.
    scalar = (int.from_bytes(signed[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.is_signed(key, signed[:32] + scalar, text)


def test_its_signatures_are_judged_as_the_product_judges_them() -> None:
    chance = random.Random(8032)  # noqa: S311 - the same cases each time
    for _ in range(60):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(100))
        signature = bytearray(private.sign(message))
        if chance.random() < 0.5:
            signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
        judged = verify.is_signed(public, bytes(signature), message)
        assert judged == is_signed(public, bytes(signature), message)


def test_it_is_written_for_python_3_9_and_imports_nothing_else() -> None:
    source = Path(verify.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported - {"__future__"} <= sys.stdlib_module_names
