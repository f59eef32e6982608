"""What every answer carries, whatever its status."""

import gzip
import re
from collections.abc import Iterable
from contextlib import closing
from typing import Any, cast

import pytest
from django.urls import reverse
from pytest_django import Settings

from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

PATHS = {
    "/": 200,
    "/accounts/login/": 200,
    "/workspaces/new/": 302,
    "/nowhere/": 404,
    "/healthz": 200,
}
POLICY = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self' {bank}; "
    "frame-ancestors 'none'; img-src 'self'; object-src 'none'; report-to policy; "
    "report-uri /csp-reports/; script-src 'nonce-' 'strict-dynamic'; style-src 'self'"
)


def policy_of(raw: str) -> str:
    return "; ".join(sorted(re.sub(r"'nonce-[^']+'", "'nonce-'", raw).split("; ")))


# R68, R69, R70, R71
@pytest.mark.parametrize(("path", "status"), PATHS.items())
def test_every_answer_carries_the_security_headers(client: ScopeCheckingClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=(), payment=()"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Reporting-Endpoints"] == 'policy="/csp-reports/"'
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


# R68, R69, R70
def test_files_carry_them_too(client: ScopeCheckingClient) -> None:
    with closing(client.get("/static/css/counterfoil.css")) as answer:
        assert b"".join(cast(Iterable[bytes], cast(Any, answer).streaming_content))
        carried = {name: answer.headers[name] for name in ("X-Frame-Options", "Cross-Origin-Resource-Policy")}

    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert carried == {"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"}


# R72, R73
@pytest.mark.parametrize("path", [path for path in PATHS if path != "/healthz"])
def test_a_page_allows_scripts_by_nonce_and_nothing_from_elsewhere(
    client: ScopeCheckingClient, path: str, settings: Settings
) -> None:
    bank = settings.PLAID.link_origin

    assert policy_of(client.get(path).headers["Content-Security-Policy"]) == POLICY.format(bank=bank)


def test_each_request_has_a_nonce_of_its_own_that_its_page_carries(client: ScopeCheckingClient) -> None:
    answers = [client.get("/accounts/login/") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[0] for answer in answers]

    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in answers[0].content.decode()


# R74
def test_data_allows_nothing(client: ScopeCheckingClient) -> None:
    answer = client.get("/healthz")

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_page_behind_sign_in_is_kept_by_no_cache(alice: Persona) -> None:
    assert "no-store" in alice.client.get("/workspaces/new/").headers["Cache-Control"]


# C10
@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_fragment_without_a_session_is_told_so(client: ScopeCheckingClient, header: dict[str, str]) -> None:
    answer = client.get("/workspaces/new/", headers=header)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/login/"


def test_an_error_shows_no_internals(client: ScopeCheckingClient) -> None:
    client.raise_request_exception = False
    answer = client.get("/healthz", headers={"Host": "elsewhere.test"})

    assert answer.status_code == 400
    assert b"elsewhere" not in answer.content
    assert b"Traceback" not in answer.content


# R77, C14
def test_a_page_is_packed_differently_each_time(client: ScopeCheckingClient) -> None:
    answers = [client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"}) for _ in range(8)]

    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 1
    assert b"Sign in" in gzip.decompress(answers[0].content)


# Ruling 34
def test_a_page_that_prints_a_secret_is_not_packed(alice: Persona) -> None:
    packing = {"Accept-Encoding": "gzip"}
    begun = alice.client.post(reverse("accounts:create_app"))
    app = alice.client.get(begun.headers["Location"], headers=packing)
    codes = alice.client.post(reverse("accounts:create_backup_codes"), headers=packing)

    assert b"Backup codes" in codes.content
    assert (app.status_code, codes.status_code) == (200, 200)
    assert not app.has_header("Content-Encoding")
    assert not codes.has_header("Content-Encoding")
    assert alice.client.get("/settings/profile/", headers=packing).headers["Content-Encoding"] == "gzip"


# C14: nobody is on the list, and who is reads what is open to everybody and nothing else.
def test_pages_elsewhere_read_nothing_but_what_a_list_allows(alice: Persona, settings: Settings) -> None:
    origin = {"Origin": "https://books.acme.test"}
    for path in ("/settings/profile/", "/healthz", "/.well-known/nothing"):
        assert not alice.client.get(path, headers=origin).has_header("Access-Control-Allow-Origin")

    settings.CORS_ALLOWED_ORIGINS = ["https://books.acme.test"]
    allowed = alice.client.get("/.well-known/nothing", headers=origin)
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://books.acme.test"
    assert not allowed.has_header("Access-Control-Allow-Credentials")
    assert not alice.client.get("/settings/profile/", headers=origin).has_header("Access-Control-Allow-Origin")
