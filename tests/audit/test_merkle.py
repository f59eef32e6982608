"""The tree hash against what Certificate Transparency publishes for it: the vectors of its reference implementation.

The eight leaves and the roots, inclusion and consistency proofs of their trees are those of merkle_tree_test.cc in
google/certificate-transparency (also in transparency-dev/merkle), which RFC 6962 was written with.
"""

from hashlib import sha256
from typing import Any

import pytest

from audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    extends,
    holds_leaf,
    inclusion_proof,
    tree_hash,
)

DATA = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
LEAVES = [sha256(b"\x00" + bytes.fromhex(data)).digest() for data in DATA]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
MANY = [sha256(number.to_bytes(2, "big")).digest() for number in range(70)]


def in_hex(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert tree_hash(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_published_one() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_hash([]) == EMPTY_ROOT


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    assert in_hex(inclusion_proof(LEAVES[:size], index)) == INCLUSION[index, size]


@pytest.mark.parametrize(("former", "size"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(former: int, size: int) -> None:
    assert in_hex(consistency_proof(LEAVES[:size], former)) == CONSISTENCY[former, size]


def test_a_frontier_kept_as_bytes_goes_on_where_it_was() -> None:
    for size in range(len(MANY)):
        frontier = Frontier.empty()
        for leaf in MANY[:size]:
            frontier.append(leaf)
        kept = Frontier.from_bytes(size, frontier.to_bytes())
        for leaf in MANY[size:]:
            kept.append(leaf)
        assert kept.root() == tree_hash(MANY)


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="of this size"):
        Frontier.from_bytes(3, bytes(32))


def test_every_leaf_of_every_tree_is_proven_and_nothing_else_is() -> None:
    for size in range(1, len(MANY) + 1):
        leaves, root = MANY[:size], tree_hash(MANY[:size])
        for index in range(0, size, 3):
            proof = inclusion_proof(leaves, index)
            at: dict[str, Any] = {"root": root, "size": size, "proof": proof}
            assert holds_leaf(index=index, leaf=leaves[index], **at)
            assert not holds_leaf(index=index, leaf=MANY[index - 1], **at)
            assert not holds_leaf(index=index, leaf=leaves[index], root=root, size=size, proof=[*proof, root])
            assert not holds_leaf(index=size, leaf=leaves[index], **at)
            if size > 1:
                assert not holds_leaf(index=(index + 1) % size, leaf=leaves[index], **at)
                assert not holds_leaf(index=index, leaf=leaves[index], root=root, size=size, proof=proof[:-1])


def test_a_path_to_what_came_later_needs_no_earlier_leaf() -> None:
    for size in range(1, len(MANY) + 1):
        former = Frontier.empty()
        for known in range(size):
            for index in range(known, size, 3):
                proof = inclusion_proof(MANY[known:size], index, former)
                assert proof == inclusion_proof(MANY[:size], index)
            with pytest.raises(IndexError):
                inclusion_proof(MANY[known:size], known - 1, former)
            former.append(MANY[known])


def test_every_tree_is_shown_to_begin_every_later_one_and_no_other_is() -> None:
    for size in range(1, len(MANY) + 1, 2):
        root = tree_hash(MANY[:size])
        for former in range(1, size + 1):
            proof = consistency_proof(MANY[:size], former)
            at: dict[str, Any] = {"former": former, "root": root, "size": size}
            assert extends(former_root=tree_hash(MANY[:former]), proof=proof, **at)
            assert not extends(former_root=tree_hash(MANY[1 : former + 1]), proof=proof, **at)
            assert not extends(former_root=tree_hash(MANY[:former]), proof=[*proof, root], **at)
            if proof:
                assert not extends(former_root=tree_hash(MANY[:former]), proof=proof[:-1], **at)


def test_what_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 9)
