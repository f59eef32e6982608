"""One event proven by itself: the file that the page gives, verified by a bare Python without anything else. R94, R99."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from audit import checkpoints, proofs
from audit.checkpoints import sign_checkpoint
from audit.models import Checkpoint, Event, Link
from audit.pages.bundles import verify
from audit.verification import verify_workspace
from tests.audit.tampering import do_things, inside, tamper
from tests.audit.test_verifier import Answer, export, run
from tests.support.environment import Workplace
from tests.support.people import Persona, make_member

pytestmark = pytest.mark.django_db(transaction=True)

VERIFIER = Path(verify.__file__)


def page_of(person: Persona) -> str:
    return f"/w/{person.workspace.slug}/settings/audit-log/"


def address_of(person: Persona, event: Event) -> str:
    return f"{page_of(person)}events/{event.pk}/proof/"


def proof_of(person: Persona, event: Event) -> Any:
    answer = person.client.get(address_of(person, event))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json"), answer
    assert answer["Content-Disposition"].endswith('.json"')
    return answer.json()


def judge(proof: Any, folder: Path, *more: object) -> Answer:
    (folder / "proof.json").write_text(json.dumps(proof))
    return run(VERIFIER, folder / "proof.json", *more)


@pytest.fixture
def days(alice: Persona) -> list[Event]:
    """Some events of three signed days, of numbers that make no even tree."""
    events = []
    for count in (5, 6, 3):
        events += do_things(alice, count)
        sign_checkpoint(alice.workspace.pk)
    return events


def test_every_event_is_proven_and_what_was_proved_is_said(alice: Persona, days: list[Event], tmp_path: Path) -> None:
    with inside(alice.workspace.pk):
        sequences = dict(Link.objects.values_list("event_id", "sequence"))
        sizes = list(Checkpoint.objects.order_by("number").values_list("size", flat=True))
    for event in days:
        proof, sequence = proof_of(alice, event), sequences[event.pk]
        answer = judge(proof, tmp_path)
        assert answer.status == 0, answer.said
        # Of those that cover it the first: the earliest moment by which it was there.
        assert proof["checkpoint"]["facts"]["size"] == min(size for size in sizes if size >= sequence)
        assert f"Event {event.pk}, number {sequence} of the log of workspace {alice.workspace.pk}" in answer.said
        assert "Proved: tests.thing.done (succeeded) at" in answer.said
        assert f"by person {alice.user.pk}" in answer.said
        assert proof["keys"][-1]["public"] in answer.said
        assert "Not proved: its words" in answer.said
        assert proof["words"]["who"] == "Alice"
    assert set(sequences) - {event.pk for event in days}


def test_it_is_the_proof_that_an_export_gives(alice: Persona, days: list[Event], tmp_path: Path) -> None:
    zipped = export(alice, tmp_path / "export.zip")
    for event in (days[0], days[7]):
        answer = run(VERIFIER, zipped, "--event", event.pk, "--save", tmp_path / "saved.json")
        assert answer.status == 0, answer.said
        assert json.loads((tmp_path / "saved.json").read_text()) == proof_of(alice, event)
        assert run(VERIFIER, tmp_path / "saved.json").status == 0


def flipped(text: str) -> str:
    return ("1" if text[0] == "0" else "0") + text[1:]


def replace_key(proof: Any) -> None:
    proof["keys"] = [{**proof["keys"][-1], "public": "00" * 32}]


ALTERED: dict[str, Callable[[Any], Any]] = {
    "what it was": lambda proof: proof["event"].update(outcome="refused"),
    "who it was": lambda proof: proof["event"].update(actor_id=str(uuid4())),
    "what is sealed": lambda proof: proof["event"].update(detail=flipped(proof["event"]["detail"])),
    "another field": lambda proof: proof["event"].update(more="1"),
    "its place": lambda proof: proof["link"].update(sequence=proof["link"]["sequence"] + 1),
    "its link": lambda proof: proof["link"].update(hash=flipped(proof["link"]["hash"])),
    "the link before": lambda proof: proof["link"].update(previous=flipped(proof["link"]["previous"])),
    "a path cut off": lambda proof: proof["path"].pop(),
    "a path too long": lambda proof: proof["path"].append("00" * 32),
    "a path turned": lambda proof: proof["path"].reverse(),
    "a node of the path": lambda proof: proof["path"].__setitem__(0, flipped(proof["path"][0])),
    "the root": lambda proof: proof["checkpoint"]["facts"].update(root=flipped(proof["checkpoint"]["facts"]["root"])),
    "the size": lambda proof: proof["checkpoint"]["facts"].update(size=proof["checkpoint"]["facts"]["size"] + 1),
    "the time": lambda proof: proof["checkpoint"]["facts"].update(taken_at="2026-01-01T00:00:00.000000Z"),
    "the workspace": lambda proof: proof["checkpoint"]["facts"].update(workspace_id=str(uuid4())),
    "the signature": lambda proof: proof["checkpoint"]["signature"].update(value="00" * 64),
    "the key's name": lambda proof: proof["checkpoint"]["signature"].update(key_id="0" * 16),
    "the key": replace_key,
    "no keys": lambda proof: proof["keys"].clear(),
}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_an_altered_proof_proves_nothing(
    alice: Persona, days: list[Event], tmp_path: Path, change: Callable[[Any], Any]
) -> None:
    proof = proof_of(alice, days[7])
    assert judge(proof, tmp_path).status == 0
    change(proof)
    answer = judge(proof, tmp_path)
    assert (answer.status, "DOES NOT HOLD" in answer.said, "Proved" in answer.said) == (1, True, False), answer.said


def forge(proof: Any, forger: Ed25519PrivateKey, key_id: str) -> None:
    """Another outcome, and everything above it computed and signed anew."""
    proof["event"]["outcome"] = "refused"
    leaf, facts = verify.leaf_hash(proof["event"]), proof["checkpoint"]["facts"]
    link = proof["link"]
    link["hash"] = verify.link_hash(bytes.fromhex(link["previous"]), link["sequence"], leaf).hex()
    path = [bytes.fromhex(node) for node in proof["path"]]
    root = verify.root_of_proof(leaf, link["sequence"] - 1, facts["size"], path)
    assert root is not None
    facts["root"] = root.hex()
    signature = forger.sign(verify.CHECKPOINT + verify.canonical(facts)).hex()
    proof["checkpoint"]["signature"] = {"key_id": key_id, "value": signature}


def test_a_forged_key_proves_nothing(alice: Persona, days: list[Event], tmp_path: Path) -> None:
    published, forger = proof_of(alice, days[7])["keys"][-1], Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw()
    named = proof_of(alice, days[7])
    forge(named, forger, published["id"])
    answer = judge(named, tmp_path)
    assert (answer.status, "is not by the key that it names" in answer.said) == (1, True)

    own = proof_of(alice, days[7])
    forge(own, forger, sha256(public).hexdigest()[:16])
    own["keys"] = [{**published, "public": public.hex()}]
    # Nothing in it is against itself: the key is shown, to be compared, and whoever knows the right one is told.
    answer = judge(own, tmp_path)
    assert (answer.status, public.hex() in answer.said) == (0, True)
    answer = judge(own, tmp_path, "--key", published["public"])
    assert (answer.status, "names a signing key that is not believed" in answer.said) == (1, True)
    assert judge(proof_of(alice, days[7]), tmp_path, "--key", published["public"]).status == 0


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", "nothing", '{"format": "counterfoil audit proof v1"}'])
def test_what_is_no_proof_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "proof.json").write_text(content)
    answer = run(VERIFIER, tmp_path / "proof.json")
    assert (answer.status, "cannot be verified" in answer.said) == (2, True), answer.said


def test_an_auditor_takes_it_and_that_is_an_event(alice: Persona, bob: Persona, days: list[Event]) -> None:
    assert f'href="{address_of(alice, days[7])}"' in bob.client.get(page_of(alice)).content.decode()
    assert bob.client.get(address_of(alice, days[7])).status_code == 200
    with inside(alice.workspace.pk):
        told = Event.objects.get(action="audit.proof.downloaded")
    assert (told.actor_id, told.target_kind, told.target_id) == (bob.user.pk, "event", days[7].pk)


def test_nobody_else_gets_it(alice: Persona, mallory: Persona, days: list[Event]) -> None:
    staff = make_member("stan", alice.workspace, Role.STAFF)
    assert alice.client.get(address_of(alice, days[7])).status_code == 200
    assert staff.client.get(address_of(alice, days[7])).status_code == 403
    assert mallory.client.get(address_of(alice, days[7])).status_code == 404
    assert mallory.client.get(address_of(mallory, days[7])).status_code == 404
    assert alice.client.get(f"{page_of(alice)}events/{uuid4()}/proof/").status_code == 404


def test_what_is_not_signed_yet_says_when_it_can_be_proven(alice: Persona, days: list[Event]) -> None:
    (event,) = do_things(alice, 1)
    page = alice.client.get(page_of(alice)).content.decode()
    assert address_of(alice, days[7]) in page
    assert address_of(alice, event) not in page
    assert "can be proven by itself once it is signed" in page

    answer = alice.client.get(address_of(alice, event), follow=True)
    assert "This event is not signed yet. The log is signed each night" in answer.content.decode()
    with inside(alice.workspace.pk):
        assert not Event.objects.filter(action="audit.proof.downloaded").exists()

    sign_checkpoint(alice.workspace.pk)
    assert address_of(alice, event) in alice.client.get(page_of(alice)).content.decode()
    assert proof_of(alice, event)["event"]["id"] == str(event.pk)


def alter(workplace: Workplace, event: Event) -> None:
    tamper(workplace, f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{event.pk}'")


def test_only_what_was_signed_with_it_is_read(alice: Persona, days: list[Event], workplace: Workplace) -> None:
    with CaptureQueriesContext(connection) as before:
        proof_of(alice, days[7])
    # What was signed before and after is altered, and the proof is none the worse for it.
    alter(workplace, days[2])
    alter(workplace, days[12])
    assert judge_in_process(proof_of(alice, days[7])) == []
    do_things(alice, 40)
    sign_checkpoint(alice.workspace.pk)
    with CaptureQueriesContext(connection) as after:
        proof_of(alice, days[7])
    assert len(after) <= len(before)


def judge_in_process(proof: Any) -> list[str]:
    return list(verify.faults_of_proof(proof, verify.Keys(proof["keys"], "")))


@pytest.mark.parametrize("what", ["another event", "the event", "the tree before", "the root", "gone"])
def test_what_does_not_fit_what_was_signed_is_not_given_out(
    alice: Persona, days: list[Event], workplace: Workplace, what: str
) -> None:
    proof_of(alice, days[7])
    mine = f"WHERE workspace_id = '{alice.workspace.pk}' AND number"
    statements = {
        "another event": f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{days[8].pk}'",
        "the event": f"UPDATE audit_event SET outcome = 'failed' WHERE id = '{days[7].pk}'",
        "the tree before": f"UPDATE audit_checkpoint SET frontier = frontier || '\\x00' {mine} = 1",
        "the root": f"UPDATE audit_checkpoint SET root = sha256(root) {mine} = 2",
        "gone": f"DELETE FROM audit_event WHERE id = '{days[8].pk}'",
    }
    tamper(workplace, statements[what])
    answer = alice.client.get(address_of(alice, days[7]), follow=True)
    assert "does not fit what was signed" in answer.content.decode()


def test_many_events_at_once_are_signed_in_parts_that_one_proof_can_read(
    alice: Persona, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checkpoints, "MOST_COVERED", 6)
    events = do_things(alice, 40)
    last = sign_checkpoint(alice.workspace.pk, batch=4)
    with inside(alice.workspace.pk):
        sizes = list(Checkpoint.objects.order_by("number").values_list("size", flat=True))
        assert sizes[-1] == Link.objects.count()
    assert last is not None
    assert last.size == sizes[-1]
    assert max(after - before for before, after in zip([0, *sizes], sizes, strict=False)) < 6 + 4
    verdict = verify_workspace(alice.workspace.pk)
    assert verdict is not None
    assert (verdict.faults, verdict.checkpoints) == ((), len(sizes))
    for event in (events[0], events[20], events[-1]):
        assert judge(proof_of(alice, event), tmp_path).status == 0


def test_what_was_signed_together_with_too_many_is_proven_from_an_export(
    alice: Persona, days: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "MOST_READ", 5)
    answer = alice.client.get(address_of(alice, days[7]), follow=True)
    assert "more than are read for one proof" in answer.content.decode()
