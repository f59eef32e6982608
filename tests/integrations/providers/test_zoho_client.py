"""Zoho Books' answers, each of the codes and what is none of them: what each means, over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from config.env import Zoho
from config.outbound import Call, OutboundSession
from integrations.providers.secret import Secret
from integrations.providers.zoho import PATHS, ZohoClient, allow_data
from integrations.providers.zoho_errors import (
    BadAnswer,
    DayLimit,
    Down,
    MinuteLimit,
    Misconfigured,
    NotAMember,
    NotThere,
    RequestRejected,
    TokenRejected,
    TooManyAtOnce,
    ZohoProblem,
)
from integrations.providers.zoho_places import place_of
from tests.integrations.support import Server

TOKEN = Secret("1000.access.token")


class Books:
    """Says what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b'{"code":0,"message":"success"}', [("X-None", "1")]
        self.asked: list[dict[str, Any]] = []
        self.server = Server(self)
        self.calls: list[Call] = []
        place = place_of("us", Zoho("id", "secret", f"{self.server.url}/z", f"{self.server.url}/z/books/v3"))
        self.session = OutboundSession(allow_data(place, production=False), self.calls.append)
        self.client = ZohoClient(self.session, place, "801")

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.asked.append(environ)
        start_response(f"{self.status} Said", [("Content-Length", str(len(self.body))), *self.headers])
        return [self.body]


@pytest.fixture
def books() -> Iterator[Books]:
    one = Books()
    yield one
    one.session.close()
    one.server.stop()


def test_a_call_names_its_organisation_and_zohos_own_header(books: Books) -> None:
    books.client.get("/invoices", {"page": "2", "last_modified_time": "2026-11-21T10:00:00+0000"}, TOKEN)
    (asked,) = books.asked
    assert asked["REQUEST_METHOD"] == "GET"
    assert asked["PATH_INFO"] == "/z/books/v3/invoices"
    assert asked["QUERY_STRING"] == "page=2&last_modified_time=2026-11-21T10%3A00%3A00%2B0000&organization_id=801"
    assert asked["HTTP_AUTHORIZATION"] == "Zoho-oauthtoken 1000.access.token"
    assert books.calls == [Call("127.0.0.1", "GET", "/z/books/v3/invoices", 200, wrote=False, refused=False)]


def test_amounts_arrive_exact_and_ids_whole(books: Books) -> None:
    books.body = b'{"code":0,"invoices":[{"total":0.1,"balance":"12.30","id":460000000026049123,"n":3}]}'
    (row,) = books.client.get("/invoices", {}, TOKEN).json["invoices"]
    assert row == {"total": Decimal("0.1"), "balance": "12.30", "id": 460000000026049123, "n": 3}
    assert isinstance(row["total"], Decimal)


def test_the_days_calls_are_read_where_they_are_told(books: Books) -> None:
    books.headers = [("X-Rate-Limit-Limit", "2000"), ("X-Rate-Limit-Remaining", "17"), ("X-Rate-Limit-Reset", "86399")]
    answer = books.client.get("/invoices", {}, TOKEN)
    assert (answer.limit, answer.remaining, answer.reset) == (2000, 17, 86399)
    books.headers = [("X-Rate-Limit-Remaining", "many"), ("X-Rate-Limit-Reset", "-5")]
    answer = books.client.get("/invoices", {}, TOKEN)
    assert (answer.limit, answer.remaining, answer.reset) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, b'{"code":14,"message":"Invalid value passed"}', TokenRejected, "14"),
        (401, b'{"code":57,"message":"You are not authorized"}', TokenRejected, "57"),
        (400, b'{"code":57,"message":"You are not authorized"}', TokenRejected, "57"),
        (401, b"", TokenRejected, "401"),
        (429, b'{"code":44,"message":"blocked"}', MinuteLimit, "44"),
        (429, b'{"code":45,"message":"maximum call rate"}', DayLimit, "45"),
        (429, b'{"code":1070,"message":"in process"}', TooManyAtOnce, "1070"),
        (429, b"<html></html>", MinuteLimit, "429"),
        (404, b'{"code":1002,"message":"Invoice does not exist."}', NotThere, "1002"),
        (400, b'{"code":1002,"message":"Invoice does not exist."}', NotThere, "1002"),
        (404, b"", NotThere, "404"),
        (400, b'{"code":6041,"message":"This user is not associated"}', NotAMember, "6041"),
        (400, b'{"code":2,"message":"Invalid value passed for page"}', RequestRejected, "2"),
        (200, b'{"code":2,"message":"Invalid value passed for page"}', RequestRejected, "2"),
        (500, b'{"code":1000,"message":"Internal error"}', Down, "1000"),
        (502, b"<html></html>", Down, "502"),
        (200, b"<html></html>", BadAnswer, "200"),
        (200, b'{"code":0,"invoices":[', BadAnswer, "200"),
        (200, b"[]", BadAnswer, "200"),
        (200, b"{}", BadAnswer, "200"),
        (200, b'{"code":"0"}', BadAnswer, "200"),
        (200, b'{"code":0,"total":1e999999999999}', BadAnswer, "200"),
        (200, b'{"a":' * 50_000, BadAnswer, "200"),
        (301, b"", BadAnswer, "outbound_redirect"),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, kind: type[ZohoProblem], code: str, books: Books) -> None:
    books.status, books.body = status, body
    with pytest.raises(ZohoProblem) as caught:
        books.client.get("/invoices", {}, TOKEN)
    assert (type(caught.value), caught.value.error_code) == (kind, code)
    # Zoho's own words go nowhere.
    assert "does not exist" not in str(caught.value)
    assert len(books.asked) == 1


def test_how_long_to_wait(books: Books) -> None:
    books.status, books.body = 429, b'{"code":45}'
    books.headers = [("X-Rate-Limit-Reset", "5400"), ("X-Rate-Limit-Remaining", "0")]
    with pytest.raises(DayLimit) as caught:
        books.client.get("/invoices", {}, TOKEN)
    assert caught.value.retry_after == 5400
    books.body = b'{"code":44}'
    with pytest.raises(MinuteLimit) as minute:
        books.client.get("/invoices", {}, TOKEN)
    assert minute.value.retry_after is None
    books.headers = [("Retry-After", "9999999")]
    with pytest.raises(MinuteLimit) as minute:
        books.client.get("/invoices", {}, TOKEN)
    assert minute.value.retry_after == 26 * 3600


@pytest.mark.parametrize("path", ["/users", "/invoices/1", "/invoices/", "/INVOICES", "/../x", "", "/invoices?a=b"])
def test_what_is_not_on_the_list_is_not_asked(path: str, books: Books) -> None:
    with pytest.raises(Misconfigured):
        books.client.get(path, {}, TOKEN)
    assert books.asked == []
    assert [call.refused for call in books.calls] == [True]


def test_the_list_is_of_reading_alone() -> None:
    allow = allow_data(place_of("eu", Zoho("id", "secret")), production=True)
    assert {route.method for route in allow.routes} == {"GET"}
    assert not any(route.writes for route in allow.routes)
    assert len(allow.routes) == len(PATHS)
    assert allow.origins == {"https://www.zohoapis.eu"}
