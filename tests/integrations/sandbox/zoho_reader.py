"""A client of the sandbox's Zoho for tests, past the product's: it grants as a person does, and reads."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.integrations.support import CREDENTIALS, ZOHO_CLIENT, ZOHO_SECRET, Sandbox

CEDARLINE, EUROPE, BULK = "801460911", "801460927", "801460943"
AREAS = (
    *("settings", "contacts", "invoices", "customerpayments", "creditnotes", "expenses", "bills", "debitnotes"),
    *("vendorpayments", "banking", "accountants"),
)
READ = ",".join(f"ZohoBooks.{area}.READ" for area in AREAS)
BACK = "http://127.0.0.1:8000/oauth/zoho/"
VERIFIER = "a-verifier-of-more-than-forty-three-letters-and-digits"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def ask(sandbox: Sandbox, **changes: str) -> str:
    """The address of the consent page, as a client makes it."""
    asked = {
        "response_type": "code",
        "client_id": ZOHO_CLIENT,
        "redirect_uri": BACK,
        "scope": READ,
        "state": "state-1",
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return f"{sandbox.url}/zoho/oauth/v2/auth?{urlencode({name: value for name, value in asked.items() if value})}"


def consent(url: str, *organizations: str, decision: str = "accept", **more: str) -> str:
    """What a person's browser does with that address; where it is sent back to."""
    page = requests.get(url, timeout=60)
    assert page.status_code == 200, page.text
    visit = page.text.partition('name="visit" value="')[2].partition('"')[0]
    form = {"visit": visit, "organization_ids": list(organizations or (CEDARLINE,)), "decision": decision, **more}
    parts = urlsplit(url)
    answer = requests.post(f"{parts.scheme}://{parts.netloc}{parts.path}", data=form, timeout=60, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def told(location: str) -> dict[str, str]:
    """The parameters of the way back."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def token_call(sandbox: Sandbox, **form: str) -> requests.Response:
    client = {"client_id": ZOHO_CLIENT, "client_secret": ZOHO_SECRET, "redirect_uri": BACK}
    return requests.post(f"{sandbox.url}/zoho/oauth/v2/token", data=client | form, timeout=60)


def exchange(sandbox: Sandbox, code: str, **changes: str) -> dict[str, Any]:
    given = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER} | changes
    found: dict[str, Any] = token_call(sandbox, **given).json()
    return found


@dataclass
class Reader:
    """Reads with an access token; the last answer's headers are kept."""

    sandbox: Sandbox
    access_token: str
    refresh_token: str
    organization_id: str = CEDARLINE

    def call(self, path: str, **params: object) -> requests.Response:
        headers = {"Authorization": f"Zoho-oauthtoken {self.access_token}"}
        given = {"organization_id": self.organization_id} | params
        return requests.get(f"{self.sandbox.url}/zoho/books/v3{path}", params=given, headers=headers, timeout=60)  # type: ignore[arg-type]  # requests takes any value that can be written

    def get(self, path: str, **params: object) -> dict[str, Any]:
        answer = self.call(path, **params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert found["code"] == 0
        return found

    def all(self, path: str, name: str, **params: object) -> list[dict[str, Any]]:
        """Every page, until one is short."""
        rows: list[dict[str, Any]] = []
        page = 0
        while True:
            page += 1
            found = self.get(path, page=page, **params)[name]
            rows += found
            if len(found) < 200:
                return rows

    def change(self, kind: str, **order: object) -> dict[str, Any]:
        """Does something to the organisation's books, by the control."""
        answer = self.sandbox.post("/control/zoho/changes", organization_id=self.organization_id, kind=kind, **order)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def balances(self) -> list[dict[str, Any]]:
        """The trial balance by account and currency, in minor units."""
        answer = requests.get(
            f"{self.sandbox.url}/control/zoho/balances",
            params={"organization_id": self.organization_id},
            headers=CREDENTIALS,
            timeout=60,
        )
        found: list[dict[str, Any]] = answer.json()["balances"]
        return found


def read(sandbox: Sandbox, organization_id: str = CEDARLINE, scope: str = READ, **more: str) -> Reader:
    """Somebody who granted those scopes for one organisation."""
    code = told(consent(ask(sandbox, scope=scope), organization_id, **more))["code"]
    tokens = exchange(sandbox, code)
    return Reader(sandbox, tokens["access_token"], tokens.get("refresh_token", ""), organization_id)
