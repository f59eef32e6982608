"""Random words for a workspace's address, so that it says nothing of the company."""

import secrets

# fmt: off
FIRST = [
    "amber", "ample", "aspen", "azure", "brisk", "bronze", "calm", "cedar", "clear", "cobalt", "copper", "coral",
    "crisp", "dapper", "deep", "dune", "early", "ember", "even", "fair", "fern", "flint", "fresh", "gentle", "golden",
    "grand", "green", "hazel", "indigo", "ivory", "jade", "keen", "level", "light", "linen", "lively", "lunar",
    "maple", "mellow", "misty", "noble", "olive", "open", "opal", "pearl", "pine", "plain", "quiet", "rapid", "rosy",
    "sage", "silver", "solar", "steady", "still", "stone", "sunny", "swift", "teal", "tidal", "true", "umber",
    "velvet", "vivid", "warm", "west", "wild", "winter",
]
SECOND = [
    "acre", "anchor", "arbor", "arch", "atlas", "badge", "basin", "bay", "beacon", "birch", "bloom", "bluff",
    "bridge", "brook", "canal", "canyon", "cape", "cliff", "cloud", "coast", "comet", "cove", "creek", "crest",
    "delta", "dock", "field", "fjord", "forest", "forge", "garden", "gate", "glade", "grove", "harbor", "haven",
    "heath", "hill", "inlet", "island", "junction", "lagoon", "lake", "lantern", "ledge", "marsh", "meadow", "mesa",
    "mill", "moor", "orchard", "peak", "pier", "plaza", "pond", "port", "prairie", "quarry", "reef", "ridge", "river",
    "shore", "spring", "summit", "terrace", "tower", "trail", "valley", "vista", "wharf", "willow", "wood",
]
# fmt: on


def random_slug() -> str:
    """Two words and four digits, such as `calm-harbor-4821`: about 26 bits, made unique by the database."""
    return f"{secrets.choice(FIRST)}-{secrets.choice(SECOND)}-{secrets.randbelow(9000) + 1000}"
