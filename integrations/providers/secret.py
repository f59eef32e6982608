"""A token in memory: nothing shows it but `reveal`, and nothing can pickle it into a cache or a queue."""

import hmac
from typing import NoReturn, final


@final
class Secret:
    """Wraps a token. `repr`, `str` and formatting hide it; equality takes the same time whatever differs."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The token itself: to be sealed or sent, never logged or returned."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")
