"""How thorough the proofs are: a few rounds among the other tests, as many as `make proofs` asks for."""

from dataclasses import dataclass
from secrets import randbelow
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.proofs.outcome", "tests.proofs.opened")

LARGEST_SEED = 1_000_000


@dataclass(frozen=True, slots=True)
class Thoroughness:
    """How many rounds, or None for the few that every test run makes; the seed makes a failed proof repeatable."""

    rounds: int | None
    seed: int
    capture: Any

    def or_else(self, few: int) -> int:
        return self.rounds or few

    def say(self, what: str) -> None:
        """To whoever asked for so many rounds and waits for them."""
        if self.rounds:
            with self.capture.global_and_fixture_disabled():
                print(what, flush=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    proofs = parser.getgroup("proofs")
    proofs.addoption("--rounds", type=int, help="how many kills, and how many stories")
    proofs.addoption("--seed", type=int, help="the seed that a proof printed, to have it again")


@pytest.fixture(scope="session")
def thoroughness(pytestconfig: pytest.Config) -> Thoroughness:
    given = pytestconfig.getoption("seed", None)
    seed = randbelow(LARGEST_SEED) if given is None else given
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    return Thoroughness(pytestconfig.getoption("rounds", None), seed, capture)
