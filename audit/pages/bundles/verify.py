#!/usr/bin/env python3
"""Verifies an export of a Counterfoil audit log. It needs Python 3.9 or newer and nothing else.

    python3 verify.py                      the export in this file's own folder
    python3 verify.py export.zip           an export that was not unpacked
    python3 verify.py --event ID           also prove one event by itself; --save FILE writes the proof down
    python3 verify.py --proof FILE         verify such a proof alone, without the export
    --key HEX                              believe this public key only, such as one that you noted before
What is verified, each from the bytes before it: the leaf hash of every event, the chain of links, the tree hash at every
checkpoint (RFC 6962), the chain of checkpoints, every signature (Ed25519, RFC 8032), and that nothing is missing.
It exits with 0 if everything holds, with 1 if anything does not, and with 2 if it cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256, sha512
from pathlib import Path
from typing import IO, Any

PROOF = "counterfoil audit proof v1"
LINK = b"counterfoil audit link v1\x00"
CHECKPOINT = b"counterfoil audit checkpoint v1\x00"
MANIFEST = b"counterfoil audit bundle v1\x00"
GENESIS = bytes(32)
MOST_SHOWN = 20

# Ed25519, section 5.1 of RFC 8032. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    point = _decode(public) if len(public) == 32 and len(signature) == 64 else None
    scalar = int.from_bytes(signature[32:], "little")
    if point is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    negative = (-point[0] % P, point[1], point[2], -point[3] % P)
    return bool(_encode(_multiply_both(scalar, BASE, challenge, negative)) == signature[:32])


def _add(a: Any, b: Any) -> Any:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply_both(first: int, a: Any, second: int, b: Any) -> Any:
    """first·a + second·b, both at once."""
    both, total = _add(a, b), (0, 1, 1, 0)
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        chosen = (first >> bit & 1, second >> bit & 1)
        if chosen != (0, 0):
            total = _add(total, both if chosen == (1, 1) else a if chosen == (1, 0) else b)
    return total


def _decode(encoded: bytes) -> Any:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)


def _encode(point: Any) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return bytes((y | (x & 1) << 255).to_bytes(32, "little"))


BASE = _decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def canonical(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(event: dict[str, Any]) -> bytes:
    return sha256(b"\x00" + canonical(event)).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def link_hash(previous: bytes, sequence: int, leaf: bytes) -> bytes:
    return sha256(LINK + previous + sequence.to_bytes(8, "big") + leaf).digest()


class Tree:
    """The tree hash of leaves that come one by one."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self.peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def inclusion_proof(leaves: list[bytes], index: int) -> list[bytes]:
    """Section 2.1.1 of RFC 6962."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_proof(leaves[:split], index), Tree(leaves[split:]).root()]
    return [*inclusion_proof(leaves[split:], index - split), Tree(leaves[:split]).root()]


def root_of_proof(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """Section 2.1.3.2 of RFC 9162; None where it is no proof for this place."""
    number, last, node = index, size - 1, leaf
    for sibling in proof:
        if last <= 0:
            return None
        if number & 1 or number == last:
            node = node_hash(sibling, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        number, last = number >> 1, last >> 1
    return node if last == 0 and 0 <= index < size else None


class Unreadable(Exception):
    """There is no export here, or not one that can be read."""


class Export:
    """The files of an export, in a folder or still in the ZIP."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as reason:
            raise Unreadable(f"{path} is not an export: {reason}") from None

    def open(self, name: str) -> IO[bytes]:
        try:
            return self.zip.open(name) if self.zip else (self.path / name).open("rb")
        except (OSError, KeyError, zipfile.BadZipFile) as reason:
            raise Unreadable(f"{name} cannot be read: {reason}") from None

    def names(self, start: str) -> list[str]:
        """The files that begin so; a copy that is kept day by day has many where an export has one."""
        names = self.zip.namelist() if self.zip else [path.name for path in self.path.iterdir()]
        return sorted(name for name in names if name.startswith(start) and name.endswith((".json", ".jsonl")))

    def load_all(self, start: str) -> list[Any]:
        found: list[Any] = []
        for name in self.names(start):
            with self.open(name) as file:
                content = json.loads(file.read())
            found += content if isinstance(content, list) else [content]
        return found

    def digest(self, name: str) -> str:
        digest = sha256()
        with self.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        return digest.hexdigest()

    def lines(self) -> Iterator[dict[str, Any]]:
        for name in self.names("events"):
            with self.open(name) as file:
                yield from map(json.loads, file)


class Verifier:
    """Goes through an export once and collects whatever does not hold."""

    def __init__(self, export: Export, believed: str, wanted: str) -> None:
        self.export, self.wanted = export, wanted
        self.faults: list[str] = []
        self.checkpoints: list[dict[str, Any]] = export.load_all("checkpoint")
        self.manifest = next(iter(export.load_all("manifest")), None)
        keys = [bytes.fromhex(key["public"]) for key in export.load_all("keys")]
        if self.manifest is None and not self.checkpoints:
            raise Unreadable("there is neither a manifest nor a checkpoint")
        self.workspace = (self.checkpoints[0] if self.manifest is None else self.manifest)["facts"]["workspace_id"]
        self.count, self.head = 0, GENESIS
        # By the id that the key itself has, whatever the file says.
        self.keys = {sha256(key).hexdigest()[:16]: key for key in keys if believed in ("", key.hex())}
        self.leaves: list[bytes] = []
        self.found: dict[str, Any] | None = None

    def verify(self) -> None:
        if self.manifest is not None:
            self._signature(self.manifest["signature"], MANIFEST + canonical(self.manifest["facts"]), "manifest.json")
        self._chain_of_checkpoints()
        self._events()
        if self.manifest is not None:
            self._manifest(self.manifest["facts"])

    def _manifest(self, facts: dict[str, Any]) -> None:
        for name, digest in facts["files"].items():
            if self.export.digest(name) != digest:
                self.faults.append(f"{name} is not the file that was exported")
        if facts["events"] != self.count or facts["head"] != self.head.hex():
            self.faults.append(f"{facts['events']} events were exported, {self.count} are here, or the last is another")
        last = checkpoint_hash(self.checkpoints[-1]) if self.checkpoints else GENESIS
        if facts["checkpoint"] != last.hex():
            self.faults.append("the last checkpoint is not the one that was exported")

    def _signature(self, signed: dict[str, str], message: bytes, what: str) -> None:
        key = self.keys.get(signed["key_id"])
        if key is None:
            self.faults.append(f"{what} names a signing key that is not believed: {signed['key_id']}")
        elif not is_signed(key, bytes.fromhex(signed["value"]), message):
            self.faults.append(f"the signature of {what} is not by the key that it names")

    def _chain_of_checkpoints(self) -> None:
        previous, size, taken_at = GENESIS.hex(), 0, ""
        for number, checkpoint in enumerate(self.checkpoints, start=1):
            facts, what = checkpoint["facts"], f"checkpoint {checkpoint['facts']['number']}"
            if facts["number"] != number:
                self.faults.append(f"checkpoint {number} is missing")
            if facts["previous"] != previous:
                self.faults.append(f"{what} does not follow the one before it")
            if facts["size"] < size or facts["taken_at"] < taken_at:
                self.faults.append(f"{what} goes back behind the one before it")
            if facts["workspace_id"] != self.workspace:
                self.faults.append(f"{what} is of another workspace")
            self._signature(checkpoint["signature"], CHECKPOINT + canonical(facts), what)
            previous, size, taken_at = checkpoint_hash(checkpoint).hex(), facts["size"], facts["taken_at"]

    def _events(self) -> None:
        tree, head, waiting = Tree(), GENESIS, [one["facts"] for one in self.checkpoints]
        for sequence, line in enumerate(self.export.lines(), start=1):
            leaf = leaf_hash(line["event"])
            self.faults += self._faults_of(line, sequence, link_hash(head, sequence, leaf), head)
            if self.manifest is None and (len(line) > 2 or not waiting):
                self.faults.append(f"{sequence} has words or came after the last checkpoint, and there is no manifest")
            head = bytes.fromhex(line["link"]["hash"])
            tree.append(leaf)
            while waiting and waiting[0]["size"] <= sequence:
                self._tree(waiting.pop(0), tree, head)
            if self.wanted:
                self.leaves.append(leaf)
                self.found = line if line["event"]["id"] == self.wanted else self.found
        for facts in waiting:
            self.faults.append(f"checkpoint {facts['number']} covers {facts['size']} events: {tree.size} are here")
        self.count, self.head = tree.size, head

    def _faults_of(self, line: dict[str, Any], sequence: int, made: bytes, head: bytes) -> Iterator[str]:
        event, link, named = line["event"], line["link"], f"event {line['event']['id']} ({sequence})"
        if link["sequence"] != sequence:
            yield f"{sequence} is missing or not in its place: here stands {link['sequence']}"
        if bytes.fromhex(link["previous"]) != head:
            yield f"{named} does not follow the one before it"
        if event["workspace_id"] != self.workspace:
            yield f"{named} is of another workspace"
        if made.hex() != link["hash"]:
            yield f"{named} is not what was linked"

    def _tree(self, facts: dict[str, Any], tree: Tree, head: bytes) -> None:
        if (facts["size"], facts["root"], facts["head"]) != (tree.size, tree.root().hex(), head.hex()):
            self.faults.append(f"the first {facts['size']} events are not those of checkpoint {facts['number']}")

    def prove(self) -> dict[str, Any]:
        """What shows one event by itself, without the others. Raises Unreadable."""
        if self.found is None:
            raise Unreadable(f"there is no event {self.wanted} in this export")
        sequence = self.found["link"]["sequence"]
        checkpoint = next((one for one in self.checkpoints if one["facts"]["size"] >= sequence), None)
        if checkpoint is None:
            raise Unreadable(f"event {self.wanted} came after the last checkpoint")
        leaves = self.leaves[: checkpoint["facts"]["size"]]
        return {
            "format": PROOF,
            "event": self.found["event"],
            "words": self.found.get("words"),
            "sequence": sequence,
            "proof": [node.hex() for node in inclusion_proof(leaves, sequence - 1)],
            "checkpoint": checkpoint,
            "public": self.keys.get(checkpoint["signature"]["key_id"], b"").hex(),
        }


def checkpoint_hash(checkpoint: dict[str, Any]) -> bytes:
    signature = bytes.fromhex(checkpoint["signature"]["value"])
    return sha256(CHECKPOINT + canonical(checkpoint["facts"]) + signature).digest()


def faults_of_proof(proof: dict[str, Any], believed: str) -> list[str]:
    """Verify the proof of one event by itself."""
    facts, faults, public = proof["checkpoint"]["facts"], [], bytes.fromhex(proof["public"])
    path = [bytes.fromhex(node) for node in proof["proof"]]
    root = root_of_proof(leaf_hash(proof["event"]), proof["sequence"] - 1, facts["size"], path)
    if root is None or root.hex() != facts["root"]:
        faults.append("the event is not in the tree of the checkpoint")
    if proof["event"]["workspace_id"] != facts["workspace_id"]:
        faults.append("the checkpoint is of another workspace")
    if believed not in ("", public.hex()):
        faults.append("the signing key is not the one that is believed")
    if not is_signed(public, bytes.fromhex(proof["checkpoint"]["signature"]["value"]), CHECKPOINT + canonical(facts)):
        faults.append("the signature of the checkpoint is not by the key that it names")
    return faults


def say(text: str) -> None:
    """Nothing that a file holds moves the cursor or hides a line."""
    print("".join(one if one.isprintable() else "?" for one in text))


def say_faults(faults: list[str]) -> int:
    for fault in faults[:MOST_SHOWN]:
        say(f"  DOES NOT HOLD: {fault}")
    if len(faults) > MOST_SHOWN:
        say(f"  and {len(faults) - MOST_SHOWN} more")
    return 1 if faults else 0


def verify_proof(path: Path, believed: str) -> int:
    proof = json.loads(path.read_text(encoding="utf-8"))
    event, facts = proof["event"], proof["checkpoint"]["facts"]
    say(f"Event {event['id']}: {event['action']} at {event['occurred_at']}, number {proof['sequence']} of the log")
    say(f"Checkpoint {facts['number']} of {facts['taken_at']} over {facts['size']} events, key {proof['public']}")
    status = say_faults(faults_of_proof(proof, believed))
    if not status:
        say("The event stands in the log as it is shown here.")
    return status


def verify_export(options: argparse.Namespace) -> int:
    verifier = Verifier(Export(options.export), options.key, options.event)
    verifier.verify()
    when = f"exported {verifier.manifest['facts']['exported_at']}" if verifier.manifest else "a copy kept day by day"
    say(f"Audit log of workspace {verifier.workspace}, {when}")
    say(f"  {verifier.count} events, {len(verifier.checkpoints)} checkpoints, head {verifier.head.hex()}")
    for key in verifier.keys.values():
        say(f"  signing key {key.hex()}")
    status = say_faults(verifier.faults)
    if options.event:
        proof = verifier.prove()
        say(f"Event {options.event}: {(proof['words'] or {}).get('sentence', proof['event']['action'])}")
        status |= say_faults(faults_of_proof(proof, options.key))
        if options.save:
            options.save.write_text(json.dumps(proof, indent=1, ensure_ascii=False), encoding="utf-8")
            say(f"  its proof is in {options.save}")
    if not status:
        covered = verifier.checkpoints[-1]["facts"]["size"] if verifier.checkpoints else 0
        if verifier.count > covered:
            say(f"  The last {verifier.count - covered} events came after the last checkpoint.")
        say("Everything holds. Compare the signing keys with those that are published.")
    return status


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify an export of a Counterfoil audit log.")
    parser.add_argument("export", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--event", default="", metavar="ID")
    parser.add_argument("--save", type=Path, metavar="FILE")
    parser.add_argument("--proof", type=Path, metavar="FILE")
    parser.add_argument("--key", default="", metavar="HEX")
    options = parser.parse_args(arguments)
    try:
        return verify_proof(options.proof, options.key) if options.proof else verify_export(options)
    except (Unreadable, OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile, zlib.error) as reason:
        say(f"This cannot be verified: {type(reason).__name__}: {reason}")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
