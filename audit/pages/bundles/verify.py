#!/usr/bin/env python3
"""Verifies an export of a Counterfoil audit log. It needs Python 3.9 or newer and nothing else.

    python3 verify.py                      the export in this file's own folder
    python3 verify.py export.zip           an export that was not unpacked
    python3 verify.py proof.json           the proof of one event, by itself
    python3 verify.py --event ID           also prove one event of an export; --save FILE writes its proof down
    --key HEX                              believe this public key only, such as one that you noted before
What is verified, each from the bytes before it: the leaf hash of every event, the chain of links, the tree hash at every
checkpoint (RFC 6962), the chain of checkpoints, every signature (Ed25519, RFC 8032), its key's time, and that nothing is missing.
It exits with 0 if everything holds, with 1 if anything does not, and with 2 if it cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256, sha512
from pathlib import Path
from typing import IO, Any

PROOF = "counterfoil audit proof v1"
LINK = b"counterfoil audit link v1\x00"
CHECKPOINT = b"counterfoil audit checkpoint v1\x00"
MANIFEST = b"counterfoil audit bundle v1\x00"
GENESIS = bytes(32)
MOST_SHOWN = 20
CLOCKS_APART = timedelta(minutes=5)  # between the clock that dates what is signed and the one that dates the keys
Facts = dict[str, Any]

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
    chosen, total = (None, a, b, _add(a, b)), (0, 1, 1, 0)
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        point = chosen[(first >> bit & 1) + 2 * (second >> bit & 1)]
        total = _add(total, point) if point else total
    return total


def _decode(encoded: bytes) -> Any:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)


def _encode(point: Any) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return bytes((y | (x & 1) << 255).to_bytes(32, "little"))


BASE = _decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def canonical(facts: Facts) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(event: Facts) -> bytes:
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


class Export:
    """The files of an export, in a folder or still in the ZIP."""

    def __init__(self, path: Path) -> None:
        self.path, self.zip = path, None if path.is_dir() else zipfile.ZipFile(path)

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

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

    def lines(self) -> Iterator[Facts]:
        for name in self.names("events"):
            with self.open(name) as file:
                yield from map(json.loads, file)


class Keys:
    """The public keys that signed, by the id that each itself has, whatever a file says; of two the later is taken."""

    def __init__(self, found: list[Facts], believed: str) -> None:
        keys = [key for key in found if believed in ("", key["public"])]
        self.by_id = {sha256(bytes.fromhex(key["public"])).hexdigest()[:16]: key for key in keys}

    def faults_of(self, signed: Facts, context: bytes, what: str) -> Iterator[str]:
        signature, message = signed["signature"], context + canonical(signed["facts"])
        key = self.by_id.get(signature["key_id"])
        if key is None:
            yield f"{what} names a signing key that is not believed: {signature['key_id']}"
        elif not is_signed(bytes.fromhex(key["public"]), bytes.fromhex(signature["value"]), message):
            yield f"the signature of {what} is not by the key that it names"
        else:
            at = signed["facts"].get("taken_at") or signed["facts"]["exported_at"]
            times = (key.get("created_at") or at, at, key.get("retired_at") or at)
            made, signed_at, retired = (datetime.fromisoformat(one.rstrip("Z")) for one in times)
            if made - signed_at > CLOCKS_APART:
                yield f"{what} was signed before its key was made"
            if signed_at - retired > CLOCKS_APART:
                yield f"{what} was signed after its key was retired"

    def describe(self, key_id: str) -> str:
        key = self.by_id[key_id]
        return f"{key['public']} from {key.get('created_at') or '?'} until {key.get('retired_at') or 'now'}"


class Verifier:
    """Goes through an export once and collects whatever does not hold."""

    def __init__(self, export: Export, believed: str, wanted: str) -> None:
        self.export, self.wanted, self.count, self.head = export, wanted, 0, GENESIS
        self.faults: list[str] = []
        self.checkpoints: list[Facts] = export.load_all("checkpoint")
        self.manifest = next(iter(export.load_all("manifest")), None)
        if self.manifest is None and not self.checkpoints:
            raise ValueError("there is neither a manifest nor a checkpoint")
        self.workspace = (self.checkpoints[0] if self.manifest is None else self.manifest)["facts"]["workspace_id"]
        self.keys = Keys(export.load_all("keys"), believed)
        self.leaves: list[bytes] = []
        self.found: Facts | None = None

    def verify(self) -> None:
        if self.manifest is not None:
            self.faults += self.keys.faults_of(self.manifest, MANIFEST, "manifest.json")
        self._chain_of_checkpoints()
        self._events()
        if self.manifest is not None:
            self._manifest(self.manifest["facts"])

    def _manifest(self, facts: Facts) -> None:
        for name, digest in facts["files"].items():
            if self.export.digest(name) != digest:
                self.faults.append(f"{name} is not the file that was exported")
        if facts["events"] != self.count or facts["head"] != self.head.hex():
            self.faults.append(f"{facts['events']} events were exported, {self.count} are here, or the last is another")
        last = checkpoint_hash(self.checkpoints[-1]) if self.checkpoints else GENESIS
        if facts["checkpoint"] != last.hex():
            self.faults.append("the last checkpoint is not the one that was exported")

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
            self.faults += self.keys.faults_of(checkpoint, CHECKPOINT, what)
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
                facts, here = waiting.pop(0), (tree.size, tree.root().hex(), head.hex())
                if (facts["size"], facts["root"], facts["head"]) != here:
                    self.faults.append(
                        f"the first {facts['size']} events are not those of checkpoint {facts['number']}"
                    )
            if self.wanted:
                self.leaves.append(leaf)
                self.found = line if line["event"]["id"] == self.wanted else self.found
        for facts in waiting:
            self.faults.append(f"checkpoint {facts['number']} covers {facts['size']} events: {tree.size} are here")
        self.count, self.head = tree.size, head

    def _faults_of(self, line: Facts, sequence: int, made: bytes, head: bytes) -> Iterator[str]:
        event, link, named = line["event"], line["link"], f"event {line['event']['id']} ({sequence})"
        if link["sequence"] != sequence:
            yield f"{sequence} is missing or not in its place: here stands {link['sequence']}"
        if bytes.fromhex(link["previous"]) != head:
            yield f"{named} does not follow the one before it"
        if event["workspace_id"] != self.workspace:
            yield f"{named} is of another workspace"
        if made.hex() != link["hash"]:
            yield f"{named} is not what was linked"

    def prove(self) -> Facts:
        """What shows one event by itself, without the others."""
        sequence = self.found["link"]["sequence"] if self.found else 0
        covering = [one for one in self.checkpoints if one["facts"]["size"] >= sequence]
        if self.found is None or not covering:
            raise ValueError(f"there is no event {self.wanted} in this export, or it came after the last checkpoint")
        path = inclusion_proof(self.leaves[: covering[0]["facts"]["size"]], sequence - 1)
        shown = {**self.found, "path": [node.hex() for node in path], "checkpoint": covering[0]}
        return {"format": PROOF, **shown, "keys": list(self.keys.by_id.values())}


def checkpoint_hash(checkpoint: Facts) -> bytes:
    signature = bytes.fromhex(checkpoint["signature"]["value"])
    return sha256(CHECKPOINT + canonical(checkpoint["facts"]) + signature).digest()


def faults_of_proof(proof: Facts, keys: Keys) -> Iterator[str]:
    """Verify the proof of one event by itself."""
    event, link, facts = proof["event"], proof["link"], proof["checkpoint"]["facts"]
    leaf, path = leaf_hash(event), [bytes.fromhex(node) for node in proof["path"]]
    if link_hash(bytes.fromhex(link["previous"]), link["sequence"], leaf).hex() != link["hash"]:
        yield "the event is not what was linked"
    root = root_of_proof(leaf, link["sequence"] - 1, facts["size"], path)
    if root is None or root.hex() != facts["root"]:
        yield "the event is not in the tree of the checkpoint"
    if event["workspace_id"] != facts["workspace_id"]:
        yield "the checkpoint is of another workspace"
    yield from keys.faults_of(proof["checkpoint"], CHECKPOINT, "the checkpoint")


def say(text: str) -> None:
    """Nothing that a file holds moves the cursor or hides a line."""
    print("".join(one if one.isprintable() else "?" for one in text))


def say_faults(faults: list[str]) -> int:
    for fault in faults[:MOST_SHOWN]:
        say(f"  DOES NOT HOLD: {fault}")
    if len(faults) > MOST_SHOWN:
        say(f"  and {len(faults) - MOST_SHOWN} more")
    return 1 if faults else 0


def verify_proof(proof: Facts, believed: str) -> int:
    if proof["format"] != PROOF:
        raise ValueError("this is neither an export nor the proof of an event")
    event, checkpoint, keys = proof["event"], proof["checkpoint"], Keys(proof["keys"], believed)
    facts, key_id = checkpoint["facts"], checkpoint["signature"]["key_id"]
    say(f"Event {event['id']}, number {proof['link']['sequence']} of the log of workspace {event['workspace_id']}")
    status = say_faults(list(faults_of_proof(proof, keys)))
    if not status:
        say(f"  Proved: {event['action']} ({event['outcome']}) at {event['occurred_at']}")
        say(f"    by {event['actor_kind']} {event['actor_id']}, on {event['target_kind']} {event['target_id']}")
        say(f"    was in the log on {facts['taken_at']}, when checkpoint {facts['number']} over {facts['size']} events")
        say(f"    was signed. Compare the key with those that are published: {keys.describe(key_id)}")
        say("  Not proved: its words, which were read out of sealed bytes, and anything about other events.")
    return status


def verify_export(options: argparse.Namespace) -> int:
    verifier = Verifier(Export(options.export), options.key, options.event)
    verifier.verify()
    when = f"exported {verifier.manifest['facts']['exported_at']}" if verifier.manifest else "a copy kept day by day"
    say(f"Audit log of workspace {verifier.workspace}, {when}")
    say(f"  {verifier.count} events, {len(verifier.checkpoints)} checkpoints, head {verifier.head.hex()}")
    for key in map(verifier.keys.describe, verifier.keys.by_id):
        say(f"  signing key {key}")
    status = say_faults(verifier.faults)
    if options.event:
        status |= verify_proof(proof := verifier.prove(), options.key)
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
    parser.add_argument("--key", default="", metavar="HEX")
    options = parser.parse_args(arguments)
    try:
        if options.export.is_dir() or zipfile.is_zipfile(options.export):
            return verify_export(options)
        return verify_proof(json.loads(options.export.read_text(encoding="utf-8")), options.key)
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile, zlib.error) as reason:
        say(f"This cannot be verified: {type(reason).__name__}: {reason}")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
