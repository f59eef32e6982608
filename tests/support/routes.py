"""The product's route table as the tests walk it: every address with its view and what the view declares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import Access

SAMPLES: dict[str, Any] = {"uuid": uuid4, "slug": lambda: "some-slug", "str": lambda: "word", "int": lambda: 1}


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is the pattern as written, such as w/<slug:slug>/transactions/."""

    path: str
    view: Callable[..., Any]
    converters: dict[str, str]

    @property
    def access(self) -> Access | None:
        return getattr(self.view, "access", None)

    def address(self, **known: str) -> str:
        """The pattern with `known` parts, and made-up ones for the rest."""
        filled = self.path
        for name, kind in self.converters.items():
            value = known.get(name) or str(SAMPLES[kind]())
            filled = filled.replace(f"<{kind}:{name}>", value)
        return f"/{filled}"

    def __str__(self) -> str:
        return self.path or "/"


def list_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            parts = (part.strip("<>") for part in path.split("/") if part.startswith("<"))
            kinds = {name: kind or "str" for kind, _, name in (part.rpartition(":") for part in parts)}
            yield Route(path, pattern.callback, kinds)
