"""Every route, asked with what nobody of good will sends: no error, no markup given back, nothing typed is lost.

The routes come from the route table, their parameters from what each looks for. What a request has changed is undone before
the next one. Keys against doing things twice are tested by themselves, in tests/accounts/test_once.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.access import public
from config import limits
from config.middleware import floor
from tests.house.nasty import FORM, Findings, Fuzzer, ShownFields, arrangements, noting_names
from tests.house.test_matrix import INSIDE
from tests.house.working import WORKING, Company, Working, found_company, only_shows
from tests.support.client import ScopeCheckingClient
from tests.support.limits import use_table
from tests.support.people import PASSWORD, Persona, make_person
from tests.support.routes import Route, list_routes
from tests.trust.operators.people import ALIASES, make_operator

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=ALIASES),
    pytest.mark.usefixtures("sandbox", "_unlimited"),
]

ASIDE = {"once", "csrfmiddlewaretoken", "_method"}
MULTIPART = "multipart/form-data; boundary=b"
FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n'
BODIES: tuple[tuple[str, bytes], ...] = (
    (FORM, b"q=" + b"x" * (1 << 20)),
    (FORM, b"&".join(b"n%d=1" % number for number in range(1001))),
    (f"{FORM}; charset=nonsense", b"q=1"),
    ("text/plain", b"q=1"),
    ("application/json", b'{"a": "\\ud800", "b": ['),
    ("application/json", b"[" * 5000),
    ("multipart/form-data", b"no boundary"),
    (MULTIPART, b"--b\r\nContent-Disposition: form-data; name="),
    (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="q"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--\r\n'),
    (MULTIPART, FILE * 120 + b"--b--\r\n"),
    ("\x00/\xff", b"\x00"),
)  # fmt: skip
WITH_EVERY_BODY = {
    "accounts/login/", "webhooks/plaid/", "webhooks/stripe/", "csp-reports/", "cron/", "settings/profile/",
    f"{INSIDE}settings/invitations/",
    f"{INSIDE}connections/link/", f"{INSIDE}transactions/annotations/",
}  # fmt: skip
HEADERS: tuple[dict[str, Any], ...] = (
    {"HTTP_COOKIE": "session=\x00; session=two; csrf=; device=%00; blur=on; messages=" + "x" * 5000},
    {"HTTP_COOKIE": 'session="; =; ;;=;\xff=\xff; messages="[[null'},
    {"HTTP_COOKIE": "; ".join(f"c{number}=1" for number in range(500))},
    {"HTTP_ACCEPT": "application/json" + ",*/*;q=x" * 500, "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    {"HTTP_HX_REQUEST": "true", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest", "HTTP_HX_CURRENT_URL": "http://[::1"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true", "HTTP_HX_CURRENT_URL": "%ff%00"},
    {"HTTP_REFERER": "http://[", "HTTP_USER_AGENT": "x\x00" * 2000, "HTTP_X_FORWARDED_FOR": "::1, '; --, 999.1.1.1"},
    {"HTTP_HOST": "evil.example:x"},
    {"HTTP_IF_MODIFIED_SINCE": "x", "HTTP_IF_NONE_MATCH": '"', "HTTP_RANGE": "bytes=9-1,-,x", "HTTP_ACCEPT_ENCODING": "\xff;q=x"},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "\u0663"},
    {"HTTP_AUTHORIZATION": "Bearer \xff", "HTTP_PLAID_VERIFICATION": "a.b.\xff", "HTTP_IDEMPOTENCY_KEY": "\x00"},
    {"HTTP_STRIPE_SIGNATURE": "t=\u0663,v1=\xff"},
)  # fmt: skip
PARTS = (
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "-1",
    "x" * 8000,
    "%0d%0aSet-Cookie:evil=1",
    "%3Csvg%2Fonload=fuzz()%3E",
)


@pytest.fixture
def _unlimited(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Whatever is asked here would soon be asked too often; and a job that is not configured answers 500 as it should."""
    use_table(monkeypatch, tuple(replace(limit, count=10**6) for limit in limits.TABLE))
    monkeypatch.setattr(floor, "FLOOR_COUNT", 10**6)
    settings.CRON_TOKEN = "of the tests"


@pytest.fixture
def company(alice: Persona) -> Company:
    return found_company(alice)


@pytest.fixture
def findings() -> Findings:
    return Findings()


ROUTES = list_routes()
INNER = [route for route in ROUTES if route.access and route.access.kind in {"requires", "signed_in"}]
OUTER = [route for route in ROUTES if route.access and route.access.kind in {"public", "webhook", "cron"}]
OPERATORS = [route for route in ROUTES if route.access and route.access.kind == "operator"]


def working(route: Route, company: Company) -> Working:
    return WORKING.get(route.path.removeprefix(INSIDE), only_shows)(company)


def names_asked_for(monkeypatch: pytest.MonkeyPatch, ask: Callable[..., Any], address: str, known: Any) -> list[str]:
    """What a route looks for: at first, and then once what it looked for is there."""
    names: set[str] = set(known)
    for _ in range(2):
        given = [(name, str(known.get(name, "1")).encode()) for name in sorted(names)] or [("anything", b"1")]
        with noting_names(monkeypatch) as found:
            ask(address, given)
        names |= found
    return sorted(names - ASIDE)


def ask_all(monkeypatch: pytest.MonkeyPatch, ask: Callable[..., Any], address: str, known: dict[str, str]) -> int:
    """How many parameters the route has."""
    names = names_asked_for(monkeypatch, ask, address, known)
    for pairs in arrangements(names, lambda name: known.get(name, "1").encode(), turn=address.count("/") + len(names)):
        ask(address, pairs)
    return len(names)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_inside_fails_whatever_is_asked_of_it(
    method: str, alice: Persona, company: Company, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, count = getattr(Fuzzer(alice.client, findings), method), 0
    for route in INNER:
        request = working(route, company)
        known = (request.data or {}) if method == "post" else {}
        count += ask_all(monkeypatch, ask, route.address(slug=alice.workspace.slug, **request.parts), known)

    assert findings.found == []
    assert count > 50


def half_way() -> ScopeCheckingClient:
    """Past the password, before the second factor."""
    browser = ScopeCheckingClient()
    browser.post("/accounts/login/", {"login": make_person("nina").email, "password": PASSWORD})
    return browser


def signing_up(address: str = "") -> ScopeCheckingClient:
    """Asked for the code that was mailed to a new address, or to one that has an account."""
    browser = ScopeCheckingClient()
    typed = {"email": address or f"new-{token_hex(6)}@example.test", "password1": PASSWORD, "password2": PASSWORD}
    answer = browser.post("/accounts/signup/", {**typed, "display_name": "Nora", "name": "Nora"})
    assert answer.status_code == 302, answer.content
    return browser


def forgetful(address: str) -> ScopeCheckingClient:
    """Asked for the code of a forgotten password."""
    browser = ScopeCheckingClient()
    assert browser.post("/accounts/password/", {"email": address}).status_code == 302
    return browser


def at_the_door(alice: Persona) -> Iterator[tuple[ScopeCheckingClient, str]]:
    """Browsers, and the beginning of the addresses that each has something to ask of."""
    yield ScopeCheckingClient(), ""
    yield alice.client, "accounts/"
    yield half_way(), "accounts/login/second-factor/"
    yield signing_up(), "accounts/code/"
    yield signing_up(alice.user.email), "accounts/code/"
    yield forgetful(alice.user.email), "accounts/password/"
    yield forgetful("nobody@example.test"), "accounts/password/"


def test_nothing_at_the_door_fails_whatever_is_asked_of_it(
    alice: Persona, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    for browser, beginning in at_the_door(alice):
        fuzzer = Fuzzer(browser, findings)
        for route in OUTER:
            if route.path.startswith(beginning):
                count += sum(ask_all(monkeypatch, ask, route.address(), {}) for ask in (fuzzer.get, fuzzer.post))

    assert findings.found == []
    assert count > 20


def test_nothing_of_the_operators_fails_whatever_is_asked_of_it(
    alice: Persona, settings: Any, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzzer = Fuzzer(make_operator(settings, alice).client, findings)
    for route in OPERATORS:
        address = route.address(app_label="operators")
        ask_all(monkeypatch, fuzzer.get, address, {})
        fuzzer.post(
            address, [(name, b"a\x00b") for name in ("action", "_selected_action", "select_across", "index", "note")]
        )

    assert findings.found == []


def test_no_body_of_whatever_kind_is_an_error(alice: Persona, company: Company, findings: Findings) -> None:
    inside, outside = Fuzzer(alice.client, findings), Fuzzer(ScopeCheckingClient(), findings)
    for route in (*INNER, *OUTER):
        fuzzer = inside if route in INNER else outside
        address = route.address(slug=alice.workspace.slug, **working(route, company).parts)
        if fuzzer.post(address, [("anything", b"1")]).status_code == 405:
            continue
        # What reads a body is mostly the same everywhere.
        for content_type, body in BODIES if route.path in WITH_EVERY_BODY else BODIES[-2:]:
            fuzzer.send("POST", address, body, content_type, HTTP_X_REQUESTED_WITH="XMLHttpRequest")

    assert findings.found == []
    assert findings.asked > 200


def test_no_header_cookie_or_part_of_an_address_is_an_error(
    alice: Persona, company: Company, findings: Findings
) -> None:
    fuzzer, slug = Fuzzer(alice.client, findings), alice.workspace.slug
    for address in (
        "/",
        "/accounts/login/",
        f"/w/{slug}/transactions/",
        f"/w/{slug}/settings/invitations/",
        "/webhooks/plaid/",
    ):
        for headers in HEADERS:
            fuzzer.get(address, **headers)
            fuzzer.post(address, [("q", b"1")], **headers)
    for route in ROUTES:
        for number, name in enumerate(route.converters):
            part = PARTS[(len(route.path) + number) % len(PARTS)]
            given = dict.fromkeys(route.converters, "00000000-0000-0000-0000-000000000001") | {
                "slug": slug,
                name: part,
            }
            fuzzer.get(route.address(**given))
    for part in PARTS:
        fuzzer.get(f"/w/{part}/")
        fuzzer.get(f"/{part}")

    assert findings.found == []


KEPT = b"Kept & words 4711"


# Good once, and so typed anew.
CODES = {"token", "old_code", "new_code", "code"}


def lost(page: Any, address: str, sent: list[tuple[str, bytes]]) -> set[str]:
    """The fields of a refused form that show something else than what was typed into them."""
    shown = ShownFields(page.content.decode(), address).values if page.status_code == 422 else {}
    names = {name for name, value in sent if value == KEPT} & set(shown) - CODES
    return {name for name in names if KEPT.decode() not in shown[name]}


def ask_and_look(
    monkeypatch: pytest.MonkeyPatch, fuzzer: Fuzzer, address: str, known: dict[str, str]
) -> tuple[int, set[str]]:
    """How many forms were refused, and what they have lost."""
    names = names_asked_for(monkeypatch, fuzzer.post, address, known)
    refused = 0
    missing: set[str] = set()
    for wrong in ("", *names):
        for much in (b"", b"x" * 30_000) if wrong else (b"",):
            sent = [(name, much if name == wrong else KEPT) for name in names]
            page = fuzzer.post(address, sent)
            refused += page.status_code == 422
            missing |= {f"{address}: {name}" for name in lost(page, address, sent)}
    return refused, missing


def test_a_form_that_is_refused_shows_what_was_typed(
    alice: Persona, company: Company, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuzzer, refused = Fuzzer(alice.client, findings), 0
    missing: set[str] = set()
    for route in INNER:
        request = working(route, company)
        if request.data is not None or route.path.startswith("settings/"):
            address = route.address(slug=alice.workspace.slug, **request.parts)
            count, more = ask_and_look(monkeypatch, fuzzer, address, request.data or {})
            refused, missing = refused + count, missing | more

    assert missing == set()
    assert refused > 20


@public(because="planted")
def _counts(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(int(request.GET.get("page", "1"))))


@public(because="planted")
def _echoes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<p>{request.POST.get('words', '')}</p>")


urlpatterns = [path("counts/", _counts), path("echoes/", _echoes)]


# Positive controls.
def test_a_view_that_fails_gives_markup_back_or_forgets_would_be_found(
    settings: Any, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = __name__
    fuzzer = Fuzzer(ScopeCheckingClient(), findings)
    assert ask_all(monkeypatch, fuzzer.get, "/counts/", {}) > 0
    assert {one.where for one in findings.found} == {"GET /counts/"}
    assert any("ValueError" in one.wrong for one in findings.found)
    findings.found.clear()
    assert ask_all(monkeypatch, fuzzer.post, "/echoes/", {}) > 0
    assert {one.wrong for one in findings.found} == {"gives back markup as it came"}

    refused = HttpResponse('<form method="post"><input name="words" value=""></form>', status=422)
    assert lost(refused, "/forgets/", [("words", KEPT)]) == {"words"}
    kept = HttpResponse('<form method="post"><input name="words" value="Kept &amp; words 4711"></form>', status=422)
    assert lost(kept, "/forgets/", [("words", KEPT)]) == set()
