"""A request that works for each route that needs more than a workspace's slug, made with what alice's workspace holds."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.people import Persona


@dataclass(frozen=True, slots=True)
class Working:
    """`parts` fill the address; `data` is posted where the route writes."""

    parts: dict[str, str] = field(default_factory=dict)
    data: dict[str, str | list[str]] = field(default_factory=dict)


# By route as written, for example "w/<slug:slug>/transactions/<uuid:pk>/notes/".
WORKING: dict[str, Callable[[Persona], Working]] = {}
