"""Money in and out of some accounts in some time, in minor units of one currency."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moved:
    """`money_in` ≥ 0, `money_out` ≤ 0, and how many movements they are sums of."""

    money_in: int = 0
    money_out: int = 0
    count: int = 0

    @property
    def net(self) -> int:
        return self.money_in + self.money_out

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.money_in + other.money_in, self.money_out + other.money_out, self.count + other.count)


def moved(amounts: Iterable[int]) -> Moved:
    """Sums of signed amounts."""
    known = [minor for minor in amounts if minor]
    return Moved(sum(n for n in known if n > 0), sum(n for n in known if n < 0), len(known))
