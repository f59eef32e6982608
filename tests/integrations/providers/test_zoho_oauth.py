"""Zoho's accounts server, in every way it is known to answer: what each means for the grant, over real HTTP."""

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.env import Zoho
from config.outbound import Call, OutboundSession
from integrations.providers.secret import Secret
from integrations.providers.zoho_errors import BadAnswer, Down, GrantDenied, Misconfigured, Throttled, ZohoProblem
from integrations.providers.zoho_oauth import ZohoOAuth, allow_oauth, consent_url, new_verifier
from integrations.providers.zoho_places import PLACES, Place, UnknownPlace, consent_origins, place_of
from tests.integrations.support import Server

SECRET, TOKEN = "the-clients-own-secret", "1000.refresh.token"
GOOD = b'{"access_token":"1000.a.b","api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}'
THROTTLED = (
    b'{"error":"Access Denied","error_description":"You have made too many requests continuously. '
    b'Please try again after some time.","status":"failure"}'
)
Answering = Callable[[bytes], None]


class Accounts:
    """Says what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, GOOD
        self.asked: list[tuple[str, str, bytes]] = []
        self.server = Server(self)
        self.calls: list[Call] = []
        self.access = Zoho("1000.CLIENT", SECRET, f"{self.server.url}/zoho", f"{self.server.url}/zoho/books/v3")
        self.place = place_of("us", self.access)
        session = OutboundSession(allow_oauth(self.place, production=False), self.calls.append)
        self.oauth = ZohoOAuth(session, self.place, self.access)

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.asked.append((environ["PATH_INFO"], environ["QUERY_STRING"], body))
        start_response(f"{self.status} Said", [("Content-Length", str(len(self.body)))])
        return [self.body]


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    one = Accounts()
    yield one
    one.server.stop()


def refresh_problem(accounts: Accounts) -> ZohoProblem:
    with pytest.raises(ZohoProblem) as caught:
        accounts.oauth.refresh(Secret(TOKEN))
    text = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in text
    assert SECRET not in text
    assert "1000.leaked" not in text
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"error":"invalid_code"}', GrantDenied),
        (200, b'{"error":"invalid_grant"}', GrantDenied),
        (400, b'{"error":"invalid_grant"}', GrantDenied),
        (200, b'{"error":"invalid_client"}', Misconfigured),
        (200, b'{"error":"invalid_client_secret"}', Misconfigured),
        (200, b'{"error":"invalid_redirect_uri"}', Misconfigured),
        (400, THROTTLED, Throttled),
        (200, THROTTLED, Throttled),
        (429, b"", Throttled),
        (500, b"<html>oops 1000.leaked</html>", Down),
        (502, b"", Down),
        (200, b"<html>1000.leaked</html>", BadAnswer),
        (200, b"access_token=1000.leaked", BadAnswer),
        (200, b"", BadAnswer),
        (200, b"[]", BadAnswer),
        (200, b"{}", BadAnswer),
        (200, b'{"access_token":17}', BadAnswer),
        (200, b'{"access_token":""}', BadAnswer),
        (200, b'{"access_token":"1000.leaked\\r\\nX: y"}', BadAnswer),
        (200, b'{"access_token":"1000.leaked","expires_in":"soon"}', BadAnswer),
        (200, b'{"access_token":{"a":"1000.leaked"}}', BadAnswer),
        (200, b'{"error":"some_new_word"}', BadAnswer),
        (200, b'{"error":{"a":1}}', BadAnswer),
        (200, b'{"access_token":"\xff"}', BadAnswer),
        (200, b"[" * 100_000, BadAnswer),
        (404, b'{"a":1}', BadAnswer),
        (302, b"", BadAnswer),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, kind: type[ZohoProblem], accounts: Accounts) -> None:
    accounts.status, accounts.body = status, body
    assert type(refresh_problem(accounts)) is kind
    assert len(accounts.asked) == 1


def test_a_server_that_is_away_is_down(accounts: Accounts) -> None:
    accounts.server.stop()
    assert isinstance(refresh_problem(accounts), Down)
    accounts.server = Server(accounts)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(b"3600", 3600), (b"3600000", 3600), (b"600", 600), (b"-5", 0), (b"null", 3600), (b'"1800"', 1800)],
)
def test_no_token_is_believed_to_live_longer_than_an_hour(told: bytes, seconds: int, accounts: Accounts) -> None:
    accounts.body = GOOD.replace(b"3600", told)
    assert accounts.oauth.refresh(Secret(TOKEN)).expires_in == seconds


def test_a_refresh_sends_its_secrets_in_the_body_alone(accounts: Accounts) -> None:
    tokens = accounts.oauth.refresh(Secret(TOKEN))
    assert tokens.access_token.reveal() == "1000.a.b"
    assert "1000" not in repr(tokens)
    ((path, query, body),) = accounts.asked
    assert (path, query) == ("/zoho/oauth/v2/token", "")
    assert b"grant_type=refresh_token" in body
    assert SECRET.encode() in body
    assert [(call.path, call.wrote) for call in accounts.calls] == [("/zoho/oauth/v2/token", False)]


def test_an_exchange_proves_itself_by_the_verifier(accounts: Accounts) -> None:
    accounts.body = GOOD[:-1] + b',"refresh_token":"1000.r","scope":"ZohoBooks.bills.READ,ZohoBooks.contacts.READ"}'
    verifier = new_verifier()
    tokens = accounts.oauth.exchange(Secret("1000.code"), verifier=verifier, redirect_uri="https://a.test/oauth/zoho/")
    assert tokens.refresh_token is not None
    assert tokens.scopes == frozenset({"ZohoBooks.bills.READ", "ZohoBooks.contacts.READ"})
    ((_, query, body),) = accounts.asked
    assert query == ""
    assert f"code_verifier={verifier.reveal()}".encode() in body
    assert b"redirect_uri=https%3A%2F%2Fa.test%2Foauth%2Fzoho%2F" in body


@pytest.mark.parametrize(
    "scope", [b'"ZohoBooks.bills.READ ZohoBooks.contacts.READ"', b'["ZohoBooks.bills.READ","ZohoBooks.contacts.READ"]']
)
def test_scopes_are_read_however_they_are_joined(scope: bytes, accounts: Accounts) -> None:
    accounts.body = GOOD[:-1] + b',"scope":' + scope + b"}"
    granted = accounts.oauth.refresh(Secret(TOKEN)).scopes
    assert granted == frozenset({"ZohoBooks.bills.READ", "ZohoBooks.contacts.READ"})


def test_revoking_tries_both_documented_addresses(accounts: Accounts) -> None:
    accounts.body = b'{"status":"success"}'
    accounts.oauth.revoke(Secret(TOKEN))
    assert [path for path, *_ in accounts.asked] == ["/zoho/oauth/v2/token/revoke"]
    assert accounts.asked[0][1] == ""
    accounts.body = b'{"error":"invalid_code"}'
    accounts.oauth.revoke(Secret(TOKEN))
    accounts.asked.clear()
    accounts.status, accounts.body = 404, b"<html></html>"
    with pytest.raises(BadAnswer):
        accounts.oauth.revoke(Secret(TOKEN))
    assert [path for path, *_ in accounts.asked] == ["/zoho/oauth/v2/token/revoke", "/zoho/oauth/v2/revoke/token"]
    accounts.status = 503
    with pytest.raises(Down):
        accounts.oauth.revoke(Secret(TOKEN))


def test_every_place_is_zohos_own_and_https() -> None:
    access = Zoho("id", SECRET)
    assert len(PLACES) == 8
    for location in PLACES:
        place = place_of(location, access)
        assert place.accounts_url.startswith("https://accounts.zoho")
        assert place.api_url.startswith("https://www.zohoapis.")
        assert place.api_url.endswith("/books/v3")
        assert not place.is_sandbox
        allow_oauth(place, production=True)
    assert len(consent_origins(access)) == 8


@pytest.mark.parametrize("location", ["", "xx", "US", "us ", "https://accounts.zoho.com"])
def test_no_other_place_exists(location: str) -> None:
    with pytest.raises(UnknownPlace):
        place_of(location, Zoho("id", SECRET))


def test_a_sandbox_is_refused_in_production(accounts: Accounts) -> None:
    with pytest.raises(ValueError, match="production"):
        allow_oauth(accounts.place, production=True)


def test_the_consent_page_is_at_the_place() -> None:
    place: Place = place_of("us", Zoho("id", SECRET))
    verifier = new_verifier()
    url = consent_url(
        place,
        Zoho("1000.CLIENT", SECRET),
        redirect_uri="https://a.test/oauth/zoho/",
        scopes=("ZohoBooks.bills.READ", "ZohoBooks.contacts.READ"),
        state="a-state",
        verifier=verifier,
    )
    assert url.startswith("https://accounts.zoho.com/oauth/v2/auth?response_type=code&client_id=1000.CLIENT&")
    assert "scope=ZohoBooks.bills.READ%2CZohoBooks.contacts.READ" in url
    assert verifier.reveal() not in url
    assert SECRET not in url
