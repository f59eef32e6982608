"""What every answer carries, whatever its status."""

import re

import pytest
from pytest_django import Settings

from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

pytestmark = pytest.mark.django_db

PATHS = {"/": 200, "/accounts/login/": 200, "/workspaces/new/": 302, "/nowhere/": 404, "/healthz": 200}
POLICY = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self' {bank}; "
    "frame-ancestors 'none'; img-src 'self'; object-src 'none'; script-src 'nonce-' 'strict-dynamic'; style-src 'self'"
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
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


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
