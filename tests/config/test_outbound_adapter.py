"""A library that speaks through `requests` reaches what the outbound session allows, and nothing else."""

from collections.abc import Iterator

import pytest
import requests

from config.outbound import AllowList, Bounds, Call, OutboundFailed, OutboundRefused, OutboundSession, Route
from config.outbound_adapter import OutboundAdapter, outbound_only
from tests.config.test_outbound import Counting, server

__all__ = ["server"]

ROUTES = frozenset({Route("POST", "/base/token"), Route("GET", "/base/list")})
SOMEWHERE = "https://accounts.invalid"


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def library(server: Counting, calls: list[Call]) -> Iterator[requests.Session]:
    allow = AllowList(routes=ROUTES, sandboxes=frozenset({server.origin}), production=False)
    with OutboundSession(allow, calls.append) as session:
        library = requests.Session()
        outbound_only(library, OutboundAdapter(session, f"{server.origin}/base", Bounds(connect=1, read=1, total=2)))
        yield library


def test_only_the_path_of_an_address_counts(server: Counting, library: requests.Session, calls: list[Call]) -> None:
    answer = library.post(f"{SOMEWHERE}/token", data={"code": "a b"}, headers={"Accept": "application/json"}, timeout=1)
    assert (answer.status_code, answer.text, answer.headers["X-Seen"]) == (200, "code=a+b", "yes")
    ((path, headers, body),) = server.seen
    assert (path, body) == ("/base/token", b"code=a+b")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    # What the library says of itself, and what it would authorise with, stays here.
    assert {"User-Agent", "Authorization", "Cookie"}.isdisjoint(headers)
    assert [(call.path, call.refused) for call in calls] == [("/base/token", False)]


@pytest.mark.parametrize("address", ["/elsewhere", "/token/../list", "/token?code=1"])
def test_what_is_not_on_the_list_is_not_sent(address: str, server: Counting, library: requests.Session) -> None:
    with pytest.raises(OutboundRefused):
        library.post(SOMEWHERE + address, data={"a": "b"}, timeout=1)
    assert server.seen == []


def test_nothing_but_forms_is_sent(server: Counting, library: requests.Session) -> None:
    with pytest.raises(OutboundRefused):
        library.get(f"{SOMEWHERE}/list", timeout=1)
    with pytest.raises(requests.exceptions.InvalidSchema):
        library.get(f"{server.origin}/base/list", timeout=1)
    assert server.seen == []


def test_the_surroundings_have_no_say(
    server: Counting, library: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert library.post(f"{SOMEWHERE}/token", data={"a": "b"}, timeout=1).status_code == 200


def test_a_server_that_is_not_there_is_a_failure_of_the_session(calls: list[Call]) -> None:
    nowhere = "http://127.0.0.1:9"
    allow = AllowList(routes=ROUTES, sandboxes=frozenset({nowhere}), production=False)
    library = requests.Session()
    with OutboundSession(allow, calls.append) as session:
        outbound_only(library, OutboundAdapter(session, f"{nowhere}/base", Bounds(connect=1, read=1, total=2)))
        with pytest.raises(OutboundFailed):
            library.post(f"{SOMEWHERE}/token", data={"a": "b"}, timeout=1)
