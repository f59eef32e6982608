"""Whoever is sent on stays on our host, whatever a request names as the way back; and no request kills the real server."""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from accounts.access import public
from tests.house.nasty import Findings, Fuzzer, noting_names
from tests.house.test_fuzz import INNER, OUTER, _unlimited, company, findings, working
from tests.house.working import Company
from tests.support.client import ScopeCheckingClient
from tests.support.people import PASSWORD, Persona, make_person, sign_in

__all__ = ["_unlimited", "company", "findings"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sandbox", "_unlimited")]

ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
    "https:/evil.example", "http:///evil.example", "\thttps://evil.example", "/\t/evil.example", "/\n/evil.example",
    "\x00//evil.example", "/%09/evil.example", "/%2f/evil.example", "//evil.example\\@testserver/", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "javascript:alert(1)", "data:text/html,x", "/ok\r\nLocation: https://evil.example/",
    "http://testserver//evil.example/", "http://testserver/\\evil.example", "//evil%E3%80%82example", "\u2028//evil.example",
)  # fmt: skip
WAYS_BACK = ("next", "back", "return", "return_to", "url", "here", "redirect", "continue", "redirect_to")
SENT_ON = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url", "Refresh", "Content-Location")


def leads_astray(answer: Any) -> list[str]:
    """The places elsewhere that an answer leads to. Those of the providers are named in the settings, not in a request."""
    places = [answer.headers[name] for name in SENT_ON if name in answer.headers]
    known = tuple(f"{origin}/" for origin in settings.CONSENT_ORIGINS)
    return [place for place in places if not is_ours(place) and not (place.startswith(known) and "evil" not in place)]


def is_ours(place: str) -> bool:
    # As browsers read it, who take a backslash for a slash and drop what cannot be seen.
    seen = "".join(one for one in place if one > " ").replace("\\", "/")
    parts = urlsplit(seen)
    if (parts.scheme, parts.netloc) == ("http", "testserver"):
        return True
    return not parts.scheme and not parts.netloc and seen.startswith("/") and not seen.startswith("//")


def looks_for_a_way_back(monkeypatch: pytest.MonkeyPatch, ask: Callable[..., Any], address: str) -> bool:
    with noting_names(monkeypatch) as names:
        ask(address, [("anything", b"1")])
    return not names.isdisjoint(WAYS_BACK)


def ask_astray(ask: Callable[..., Any], address: str, data: list[tuple[str, bytes]], place: str) -> list[str]:
    sent = [*data, *((name, place.encode()) for name in WAYS_BACK)]
    plain = place.encode("latin-1", "ignore").decode("latin-1")
    with_headers = {"HTTP_REFERER": plain, "HTTP_HX_CURRENT_URL": plain, "HTTP_ORIGIN": plain}
    astray = leads_astray(ask(address, sent, **with_headers))
    return [f"{address} {place!r} -> {one}" for one in astray]


@pytest.mark.parametrize("is_proven", [True, False], ids=["proven", "unproven"])
def test_no_route_sends_anybody_elsewhere(
    is_proven: bool, alice: Persona, company: Company, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = Fuzzer(alice.client if is_proven else sign_in(alice.user, None), findings)
    outside, astray, count = Fuzzer(ScopeCheckingClient(), findings), [], 0
    for turn, route in enumerate((*INNER, *OUTER)):
        fuzzer, request = (inside if route in INNER else outside), working(route, company)
        address = route.address(slug=alice.workspace.slug, **request.parts)
        data = [(name, value.encode()) for name, value in (request.data or {}).items() if name not in WAYS_BACK]
        for ask, given in ((fuzzer.get, []), (fuzzer.post, data)):
            looks = looks_for_a_way_back(monkeypatch, ask, address)
            count += looks
            for place in ELSEWHERE[turn % 2 :: 2] if looks else (ELSEWHERE[turn % len(ELSEWHERE)],):
                astray += ask_astray(ask, address, given, place)

    assert astray == []
    assert findings.found == []
    assert count > 3


@pytest.mark.parametrize("place", ELSEWHERE)
def test_who_signs_in_stays_here(place: str) -> None:
    user = make_person("nora", has_factor=False)
    for where in ("/accounts/login/", f"/accounts/login/?next={quote(place, safe='')}"):
        answer = ScopeCheckingClient().post(where, {"login": user.email, "password": PASSWORD, "next": place})
        assert answer.status_code == 302
        assert leads_astray(answer) == []


def test_a_way_back_of_our_own_is_taken() -> None:
    user = make_person("nora", has_factor=False)
    typed = {"login": user.email, "password": PASSWORD, "next": "/settings/profile/"}

    assert ScopeCheckingClient().post("/accounts/login/", typed)["Location"] == "/settings/profile/"


@public(because="planted")
def _sends_anywhere(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(request.GET.get("next", "/").strip())


urlpatterns = [path("away/", _sends_anywhere)]


# Positive control.
def test_a_view_that_sends_people_elsewhere_would_be_found(
    settings: Any, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = __name__
    fuzzer = Fuzzer(ScopeCheckingClient(), findings)

    assert looks_for_a_way_back(monkeypatch, fuzzer.get, "/away/")
    for place in ("https://evil.example/", "//evil.example/", "https:evil.example"):
        assert ask_astray(fuzzer.get, "/away/", [], place)
    assert is_ours("/settings/?next=//evil.example")


RAW = (
    b"GET /%00%ff/../w/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {host}\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {host}\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(300)) + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: {host}\r\nCookie: session=\xff\x00\r\n\r\n",
    b"GET http://evil.example/accounts/login/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /accounts/login/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: -5\r\n\r\n",
    b"POST /webhooks/plaid/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /webhooks/plaid/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999\r\n\r\nx",
    b"BREW /accounts/login/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\r\n\r\n",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(RAW)))
def test_nothing_that_is_hardly_http_is_an_error_of_the_server(site: str, number: int) -> None:
    host = urlsplit(site).netloc
    with socket.create_connection((urlsplit(site).hostname or "", urlsplit(site).port or 0), timeout=60) as wire:
        wire.sendall(RAW[number].replace(b"{host}", host.encode()))
        wire.shutdown(socket.SHUT_WR)
        line = wire.makefile("rb").readline()

    assert not line or 200 <= int(line.split()[1]) < 500 or line.split()[1] in {b"501", b"505"}, line
