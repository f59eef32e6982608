"""Choices that look made by people and are always the same for the same thing."""

import hashlib


def pick(key: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both counted."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return low + int.from_bytes(digest) % (high - low + 1)


def one_in(key: str, count: int) -> bool:
    """True for about one in `count` keys."""
    return pick(f"one in {count}: {key}", 1, count) == 1
