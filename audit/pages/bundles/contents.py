"""What stands in the files of an export. `verify.py` reads them, and so does whoever has only this page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from audit.canonical import as_canonical, event_facts
from audit.checkpoints import published_keys, signed_checkpoint
from audit.models import Checkpoint, Event, Link
from audit.pages.names import Names, read_names, who_is
from audit.pages.opening import OpenedDetail, open_event, open_facts
from audit.pages.telling import say_deed
from audit.proofs import Proof
from audit.walking import Step
from vault.signing import sign

CONTEXT = b"counterfoil audit bundle v1\x00"
PROOF = "counterfoil audit proof v1"
HERE = Path(__file__).parent


def write_readme() -> bytes:
    """What an auditor reads first."""
    address = settings.BASE_URL + reverse("audit_keys")
    return (HERE / "README.txt").read_text(encoding="utf-8").replace("{keys_address}", address).encode()


def read_verifier() -> bytes:
    """The single-file verifier as it stands here."""
    return (HERE / "verify.py").read_bytes()


def write_keys() -> bytes:
    """The public keys, as the published page has them too."""
    return as_json(published_keys())


def write_checkpoints(checkpoints: Sequence[Checkpoint]) -> bytes:
    """Everything that was signed of a chain."""
    return as_json([signed_checkpoint(one) for one in checkpoints])


def write_events(steps: Sequence[Step]) -> bytes:
    """A line for each event of the workspace in scope. One that is missing has none: the verifier misses it."""
    opened = [(step.link, step.event, open_event(step.event)) for step in steps if step.event is not None]
    names = read_names((event, detail) for _, event, detail in opened)
    return b"".join(as_canonical(_line(link, event, detail, names)) + b"\n" for link, event, detail in opened)


def write_manifest(facts: Mapping[str, object]) -> bytes:
    """What was exported, signed."""
    signature = sign(CONTEXT + as_canonical(facts))
    return as_json({"facts": facts, "signature": {"key_id": signature.key_id, "value": signature.value.hex()}})


def write_proof(proof: Proof) -> bytes:
    """One event of the workspace in scope with all that it takes to verify it without the others, for `verify.py FILE`."""
    detail = open_event(proof.event)
    line = _line(proof.link, proof.event, detail, read_names([(proof.event, detail)]))
    path = [node.hex() for node in proof.path]
    return as_json(
        {
            "format": PROOF,
            **line,
            "path": path,
            "checkpoint": signed_checkpoint(proof.checkpoint),
            "keys": published_keys(),
        }
    )


def as_json(content: object) -> bytes:
    """JSON to be read by a person too."""
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"


def _line(link: Link, event: Event, detail: OpenedDetail, names: Names) -> dict[str, object]:
    personal = open_facts(event)
    who = who_is(event, names.people, personal.part)
    words = {
        "sentence": f"{who} {say_deed(event, detail.facts, names)}",
        "who": who,
        "address": personal.address,
        "agent": personal.agent,
        "session": personal.session,
        "request": personal.request,
        "detail": detail.facts,
        "own": personal.own,
    }
    place = {"sequence": link.sequence, "previous": bytes(link.previous_hash).hex(), "hash": bytes(link.hash).hex()}
    return {"event": event_facts(event), "link": place, "words": words}
