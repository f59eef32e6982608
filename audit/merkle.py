"""The tree hash of RFC 6962, section 2.1: what a checkpoint signs, so that one event can be proven by itself.

Leaves are leaf hashes already (`audit.canonical.leaf_hash`). A `Frontier` holds the right edge of a tree and grows by one
leaf at a time, so the root over a million events costs only those that came since the last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


@dataclass(slots=True)
class Frontier:
    """The perfect subtrees that a tree of `size` leaves is made of, largest first. About 20 hashes for a million."""

    size: int
    peaks: list[bytes]

    @classmethod
    def empty(cls) -> "Frontier":
        """Of no leaves."""
        return cls(0, [])

    @classmethod
    def from_bytes(cls, size: int, stored: bytes) -> "Frontier":
        """What `to_bytes` gave. Raises ValueError for a number of hashes that this size does not have."""
        peaks = [stored[at : at + HASH_BYTES] for at in range(0, len(stored), HASH_BYTES)]
        if len(stored) != size.bit_count() * HASH_BYTES:
            raise ValueError("not the frontier of a tree of this size")
        return cls(size, peaks)

    def to_bytes(self) -> bytes:
        """The hashes in their order."""
        return b"".join(self.peaks)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the right."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree hash of all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """MTH of the leaf hashes."""
    frontier = Frontier.empty()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int, former: Frontier | None = None) -> list[bytes]:
    """PATH (section 2.1.1): the hashes that lead from leaf `index`, from 0, to the root, the lowest first.

    `former` is the tree of all leaves before `leaves`: those before are not needed for the path to one that came after.
    """
    tree = _GrownTree(former or Frontier.empty(), leaves)
    if not tree.first <= index < tree.size:
        raise IndexError("no such leaf")
    return tree.path(index, 0, tree.size)


def consistency_proof(leaves: Sequence[bytes], former: int) -> list[bytes]:
    """PROOF (section 2.1.2): what shows that the tree of the first `former` leaves is the beginning of this one."""
    if not 0 < former <= len(leaves):
        raise IndexError("no such tree")
    return _subproof(leaves, former, is_whole=True)


def holds_leaf(*, root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` of the tree (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = node_hash(sibling, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and node == root


def extends(*, former_root: bytes, former: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `former` leaves is the beginning of this one (RFC 9162, section 2.1.4.2)."""
    if former == size:
        return not proof and former_root == root
    if not 0 < former < size or not proof:
        return False
    path = [former_root, *proof] if former & (former - 1) == 0 else list(proof)
    number, last = former - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, node)
        number, last = number >> 1, last >> 1
    return last == 0 and old == former_root and new == root


def _subproof(leaves: Sequence[bytes], former: int, *, is_whole: bool) -> list[bytes]:
    if former == len(leaves):
        return [] if is_whole else [tree_hash(leaves)]
    split = _split(len(leaves))
    if former <= split:
        return [*_subproof(leaves[:split], former, is_whole=is_whole), tree_hash(leaves[split:])]
    return [*_subproof(leaves[split:], former - split, is_whole=False), tree_hash(leaves[:split])]


class _GrownTree:
    """A tree of which the first leaves are known by their perfect subtrees alone."""

    def __init__(self, former: Frontier, leaves: Sequence[bytes]) -> None:
        self.first, self.leaves, self.size = former.size, leaves, former.size + len(leaves)
        self.peaks: dict[int, bytes] = {}
        start = 0
        for peak in former.peaks:
            self.peaks[start] = peak
            start += 1 << (former.size - start).bit_length() - 1

    def path(self, index: int, start: int, end: int) -> list[bytes]:
        """From a leaf to the root of the leaves from `start` to before `end`."""
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self.path(index, start, middle), self.hash(middle, end)]
        return [*self.path(index, middle, end), self.hash(start, middle)]

    def hash(self, start: int, end: int) -> bytes:
        """MTH of the leaves from `start` to before `end`. What lies before `first` is asked for as a perfect subtree."""
        if start >= self.first:
            return tree_hash(self.leaves[start - self.first : end - self.first])
        if end <= self.first:
            return self.peaks[start]
        middle = start + _split(end - start)
        return node_hash(self.hash(start, middle), self.hash(middle, end))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
