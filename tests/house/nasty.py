"""What a request may hold that nobody of good will sends, and what comes of it when every route is asked with it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from tests.support.client import ScopeCheckingClient

FORM = "application/x-www-form-urlencoded"
MARKUP = "<svg/onload=fuzz()>\"'"
# What stands in a field. A megabyte fits into no body: whole requests of that size are asked by themselves.
ALWAYS: tuple[bytes, ...] = (
    b"a\x00b",
    f"{MARKUP} ' OR 1=1; -- {{{{ 7|add:7 }}}}{{% debug %}} %s%n{{0}}".encode(),
    b"x" * 60_000,
)
IN_TURN: tuple[bytes, ...] = (
    b"", b"\xff\xed\xa0\x80", b"9" * 400, b"-1", b"NaN", b"1e999", b"0000-00-00", b"9999-12-31", b"0001-01-01", b"9999-12",
    b"00000000-0000-0000-0000-000000000000", b'{"a": [', b"a\r\nSet-Cookie: evil=1", "\u0663\u00b2\u202e\U0001f600".encode(),
)  # fmt: skip
FINE = frozenset({200, 204, 302, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429})

Pairs = Sequence[tuple[str, bytes]]


def encode(pairs: Pairs) -> str:
    """Names and values as a form or an address has them; bytes that are no text stay what they are."""
    return "&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs)


def arrangements(names: Sequence[str], working: Callable[[str], bytes], turn: int) -> Iterator[Pairs]:
    """Requests in which each name has each value, of those in turn every second one; in half of them every second name has
    what works; and names that are given twice.
    """
    values = (*ALWAYS, *IN_TURN[turn % 2 :: 2])
    for place, _ in enumerate(values if names else ()):
        nasty = [(name, values[(place + 5 * number) % len(values)]) for number, name in enumerate(names)]
        if len(names) > 1 and place % 2:
            yield [
                pair if (number + place // 2) % 2 else (pair[0], working(pair[0])) for number, pair in enumerate(nasty)
            ]
        else:
            yield nasty
    if names:
        yield [
            one
            for name in names
            for one in ((name, working(name)), (f"{name}[]", b"1"), (name, b"\x00"), (name, b"-1"))
        ]


@dataclass(frozen=True, slots=True)
class Finding:
    """A request that was answered as none should be."""

    where: str
    sent: str
    wrong: str


@dataclass
class Findings:
    """What has been asked so far, and what is wrong with the answers."""

    found: list[Finding] = field(default_factory=list)
    asked: int = 0


@dataclass
class Fuzzer:
    """Asks in one browser's place, and undoes what each request has done."""

    client: ScopeCheckingClient
    findings: Findings = field(default_factory=Findings)

    def __post_init__(self) -> None:
        self.client.raise_request_exception = False
        self._cookies = self.client.cookies.output(header="", sep=";")

    def get(self, address: str, pairs: Pairs = (), **extra: Any) -> Any:
        query = encode(pairs)
        return self.send("GET", f"{address}?{query}" if query else address, b"", "", **extra)

    def post(self, address: str, pairs: Pairs = (), **extra: Any) -> Any:
        return self.send("POST", address, encode(pairs).encode(), FORM, **extra)

    def send(self, method: str, address: str, body: bytes, content_type: str, **extra: Any) -> Any:
        """One request; whatever it has changed is undone."""
        self.client.cookies = SimpleCookie(self._cookies)
        self.findings.asked += 1
        with transaction.atomic(), _noting_errors() as errors:
            answer = self.client.generic(method, address, body, content_type, **extra)
            transaction.set_rollback(True)
        sent = (body[:160].decode("utf-8", "replace") or address)[:160]
        for wrong in _faults(answer, errors):
            self.findings.found.append(Finding(f"{method} {address.partition('?')[0]}"[:120], sent, wrong))
        return answer


@contextmanager
def _noting_errors() -> Iterator[list[str]]:
    """The error page says nothing of what went wrong."""
    errors: list[str] = []

    def note(sender: object, **_: object) -> None:
        errors.append(repr(sys.exc_info()[1])[:300])

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)


def _faults(answer: Any, errors: list[str]) -> Iterator[str]:
    if answer.status_code not in FINE or errors:
        yield f"{answer.status_code} {' '.join(errors)}"
    if MARKUP[:12].encode() in answer.getvalue():
        yield "gives back markup as it came"
    if "evil" in answer.cookies or any("\n" in f"{name}{value}" for name, value in answer.headers.items()):
        yield "lets a header in"


@contextmanager
def noting_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The names of parameters that are looked for in a query or a form, by anybody, while the block runs."""
    names: set[str] = set()

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def noted(self: MultiValueDict[str, Any], key: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(self, QueryDict) and isinstance(key, str):
                names.add(key)
            return method(self, key, *arguments, **options)

        return noted

    with monkeypatch.context() as patch:
        for name in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(MultiValueDict, name, noting(getattr(MultiValueDict, name)))
        yield names


class ShownFields(HTMLParser):
    """What the form of a page that leads to `address` shows in its fields for words."""

    WORDS = frozenset({"text", "email", "search", "date", "month", "number", "url", "tel"})

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._address = address
        self._is_inside = False
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("method") == "post" and given.get("action", self._address) == self._address
        elif self._is_inside and tag == "input" and given.get("type", "text") in self.WORDS:
            self.values.setdefault(given.get("name", ""), []).append(given.get("value", ""))
        elif self._is_inside and tag == "textarea":
            self._area = given.get("name", "")
            self.values.setdefault(self._area, []).append("")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        if tag == "textarea" and self._area:
            self.values[self._area][-1] = self.values[self._area][-1].lstrip("\r\n")
            self._area = ""
