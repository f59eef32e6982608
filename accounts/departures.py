"""What is handed over when somebody goes. Each app above says here what of its own a person may be responsible for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from audit.log import Actor


class HandOver(Protocol):
    """Gives all that is `leaving`'s in the workspace in scope to `heir`, and ends what they had begun; how much it was.

    With no heir, as when the only Owner is locked out, what is theirs stays, and what they had begun ends.
    """

    def __call__(self, *, actor: Actor, leaving: UUID, heir: UUID | None) -> int: ...


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One kind of thing that people are responsible for. `words` names several of it.

    `list_names` gives their names by person, for the people asked about, in the workspace in scope.
    """

    words: str
    hand_over: HandOver
    list_names: Callable[[Iterable[UUID]], dict[UUID, list[str]]]


_responsibilities: dict[str, Responsibility] = {}


def register(responsibility: Responsibility) -> None:
    """Have it handed over whenever somebody goes. Asked for once, when the app is ready."""
    _responsibilities[responsibility.words] = responsibility


def registered() -> tuple[Responsibility, ...]:
    """All kinds, in the order in which the apps came."""
    return tuple(_responsibilities.values())


def hand_over_all(*, actor: Actor, leaving: UUID, heir: UUID | None) -> dict[str, int]:
    """Hand over everything in the workspace in scope, in its transaction; how much of each kind there was."""
    return {one.words: one.hand_over(actor=actor, leaving=leaving, heir=heir) for one in registered()}


def list_responsibilities(people: Iterable[UUID]) -> dict[UUID, list[str]]:
    """What each of these people is responsible for in the workspace in scope, by name."""
    asked = list(people)
    found: dict[UUID, list[str]] = {person: [] for person in asked}
    for one in registered():
        for person, names in one.list_names(asked).items():
            found[person] += names
    return found
