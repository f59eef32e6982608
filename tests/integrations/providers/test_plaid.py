import json
import logging
import traceback
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from config.outbound import Call, OutboundSession
from integrations.providers import plaid_errors as errors
from integrations.providers.plaid import MOST_DAYS, PATHS, SANDBOX_PATHS, PlaidAccess, PlaidClient, allow_plaid
from integrations.providers.plaid_link import LinkAnswer
from integrations.providers.secret import Secret
from tests.integrations.support import Sandbox, Server

TOKEN = Secret("access-production-6f0e2b")
KEY = "the-installation-secret"

ROW: dict[str, Any] = {
    "transaction_id": "t",
    "account_id": "a",
    "amount": 89.4,
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
    "date": "2026-11-20",
    "authorized_date": None,
    "name": "Tea",
    "pending": False,
    "pending_transaction_id": None,
    "payment_channel": "online",
}
PAGE: dict[str, Any] = {
    "accounts": [],
    "added": [ROW],
    "modified": [],
    "removed": [],
    "next_cursor": "c",
    "has_more": False,
    "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
    "request_id": "abc123",
}


class Scripted:
    """Answers with whatever a test sets, and keeps the requests."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"", dict[str, str]()
        self.requests: list[tuple[str, dict[str, str], Any]] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        headers = {key: value for key, value in environ.items() if key.startswith("HTTP_PLAID")}
        self.requests.append((environ["PATH_INFO"], headers, json.loads(body)))
        given = {"Content-Length": str(len(self.body)), **self.headers}
        start_response(f"{self.status} Answer", list(given.items()))
        return [self.body]

    def answers(self, value: object, status: int = 200, **headers: str) -> None:
        self.body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.status, self.headers = status, {name.replace("_", "-"): text for name, text in headers.items()}

    def fails(self, error_type: str, code: str, status: int = 400, **headers: str) -> None:
        body = {
            "error_type": error_type,
            "error_code": code,
            "error_message": f"about {TOKEN.reveal()}",
            "request_id": "r1",
        }
        self.answers({**body, "display_message": None}, status, **headers)


@pytest.fixture
def plaid() -> Scripted:
    return Scripted()


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def client(plaid: Scripted, calls: list[Call]) -> Iterator[PlaidClient]:
    server = Server(plaid)
    session = OutboundSession(allow_plaid(server.url, production=False), calls.append, max_reply=1_000_000)
    yield PlaidClient(session, PlaidAccess(server.url, "client-1", Secret(KEY)))
    session.close()
    server.stop()


def sync(client: PlaidClient) -> Any:
    return client.sync_transactions(TOKEN, None)


def test_a_call_carries_keys_in_headers_and_the_token_in_the_body(client: PlaidClient, plaid: Scripted) -> None:
    plaid.answers(PAGE)
    client.sync_transactions(TOKEN, "c0", 250)
    path, headers, body = plaid.requests[0]
    assert path == "/transactions/sync"
    assert headers == {
        "HTTP_PLAID_CLIENT_ID": "client-1",
        "HTTP_PLAID_SECRET": KEY,
        "HTTP_PLAID_VERSION": "2020-09-14",
    }
    assert (body["access_token"], body["cursor"], body["count"]) == (TOKEN.reveal(), "c0", 250)


def test_a_link_asks_for_transactions_of_730_days_and_nothing_else(client: PlaidClient, plaid: Scripted) -> None:
    expiration = "2026-11-20T12:00:00Z"
    answer = {"link_token": "link-1", "hosted_link_url": "https://x", "expiration": expiration, "request_id": "r"}
    plaid.answers(answer)
    client.create_link(person="p", webhook="https://a/w", completion_redirect_uri="https://a/b")
    client.create_link(person="p", webhook="https://a/w", completion_redirect_uri="https://a/b", access_token=TOKEN)
    first, update = (body for _, _, body in plaid.requests)
    assert (first["products"], first["transactions"]) == (["transactions"], {"days_requested": MOST_DAYS})
    assert "products" not in update
    assert update["access_token"] == TOKEN.reveal()


@pytest.mark.parametrize(
    ("written", "read"),
    [("89.40", "89.40"), ("0.1", "0.1"), ("-1234567.89", "-1234567.89"), ("90071992547409.93", "90071992547409.93")],
)
def test_amounts_are_read_exactly(written: str, read: str, client: PlaidClient, plaid: Scripted) -> None:
    plaid.answers(json.dumps(PAGE).replace("89.4", written).encode())
    assert sync(client).added[0].amount == Decimal(read)


def test_either_currency_is_read(client: PlaidClient, plaid: Scripted) -> None:
    coin = {**ROW, "iso_currency_code": None, "unofficial_currency_code": "BTC"}
    plaid.answers({**PAGE, "added": [ROW, coin]})
    assert [row.currency for row in sync(client).added] == ["USD", "BTC"]


def test_unknown_fields_and_values_are_tolerated(client: PlaidClient, plaid: Scripted) -> None:
    row = {**ROW, "payment_channel": "by pigeon", "new": {"deep": [1]}}
    plaid.answers({**PAGE, "added": [row], "transactions_update_status": "NEW_STATUS", "extra": 1})
    assert sync(client).added[0].payment_channel == "by pigeon"


def without(page: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in page.items() if key != field}


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>All is well</html>",
        json.dumps(PAGE).encode()[:-9],
        b"",
        b"[]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"new":' + b"[" * 100_000,
        json.dumps(PAGE).replace("Tea", "\ud800").encode("utf-8", "surrogatepass"),
        b" " * 1_000_001,
        without(PAGE, "added"),
        without(PAGE, "request_id"),
        {**PAGE, "has_more": None},
        {**PAGE, "next_cursor": None},
        {**PAGE, "added": None},
        {**PAGE, "added": [{**ROW, "amount": None}]},
        {**PAGE, "added": [{**ROW, "amount": "NaN"}]},
        {**PAGE, "added": [{**ROW, "amount": "Infinity"}]},
        {**PAGE, "added": [{**ROW, "amount": 10**20}]},
        {**PAGE, "added": [{**ROW, "amount": True}]},
        {**PAGE, "added": [{**ROW, "date": "20 November"}]},
        {**PAGE, "added": [{**ROW, "date": "9999-12-31"}]},
        {**PAGE, "modified": [{**ROW, "date": "1969-12-31"}]},
        {**PAGE, "added": [without(ROW, "account_id")]},
    ],
)
def test_an_odd_answer_is_a_bad_answer(answer: Any, client: PlaidClient, plaid: Scripted) -> None:
    plaid.answers(answer)
    with pytest.raises(errors.BadAnswer):
        sync(client)


@pytest.mark.parametrize(
    ("error_type", "code", "expected"),
    [
        ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", errors.NeedsReauth),
        ("ITEM_ERROR", "ITEM_LOCKED", errors.NeedsReauth),
        ("ITEM_ERROR", "SOMETHING_NEW", errors.NeedsReauth),
        ("ITEM_ERROR", "ITEM_NOT_FOUND", errors.ItemGone),
        ("ITEM_ERROR", "ITEM_NOT_SUPPORTED", errors.ItemGone),
        ("INVALID_INPUT", "INVALID_ACCESS_TOKEN", errors.ItemGone),
        ("INVALID_INPUT", "USER_PERMISSION_REVOKED", errors.ItemGone),
        ("INVALID_INPUT", "INVALID_API_KEYS", errors.Misconfigured),
        ("INVALID_INPUT", "UNAUTHORIZED_ENVIRONMENT", errors.Misconfigured),
        ("INVALID_INPUT", "INVALID_PUBLIC_TOKEN", errors.RequestRejected),
        ("INVALID_REQUEST", "MISSING_FIELDS", errors.RequestRejected),
        ("INSTITUTION_ERROR", "INSTITUTION_DOWN", errors.ProviderDown),
        ("API_ERROR", "INTERNAL_SERVER_ERROR", errors.ProviderDown),
        ("API_ERROR", "PLANNED_MAINTENANCE", errors.ProviderDown),
        ("ITEM_ERROR", "PRODUCT_NOT_READY", errors.NotReady),
        ("TRANSACTIONS_ERROR", "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION", errors.MutationDuringPagination),
        ("RATE_LIMIT_EXCEEDED", "TRANSACTIONS_SYNC_LIMIT", errors.RateLimited),
    ],
)
def test_errors_are_told_apart_by_what_to_do(
    error_type: str, code: str, expected: type[errors.PlaidProblem], client: PlaidClient, plaid: Scripted
) -> None:
    plaid.fails(error_type, code)
    with pytest.raises(errors.PlaidProblem) as caught:
        sync(client)
    assert type(caught.value) is expected
    assert (caught.value.error_code, caught.value.request_id) == (code, "r1")
    assert str(caught.value) == expected.sentence


@pytest.mark.parametrize(
    ("given", "seconds"), [("30", 30), ("999999", 14_400), ("soon", None), ("-5", None), ("", None)]
)
def test_a_limit_says_how_long_to_wait(given: str, seconds: int | None, client: PlaidClient, plaid: Scripted) -> None:
    plaid.fails("RATE_LIMIT_EXCEEDED", "BALANCE_LIMIT", 429, Retry_After=given)
    with pytest.raises(errors.RateLimited) as caught:
        sync(client)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "expected"),
    [(502, errors.ProviderDown), (500, errors.ProviderDown), (429, errors.RateLimited), (404, errors.BadAnswer)],
)
def test_without_a_code_the_status_decides(
    status: int, expected: type[errors.PlaidProblem], client: PlaidClient, plaid: Scripted
) -> None:
    plaid.answers(b"<html>Sorry</html>", status)
    with pytest.raises(expected):
        sync(client)


def test_a_code_that_is_no_identifier_is_dropped(client: PlaidClient, plaid: Scripted) -> None:
    plaid.fails("ITEM_ERROR", f"CODE {TOKEN.reveal()} {'x' * 200}")
    with pytest.raises(errors.PlaidProblem) as caught:
        sync(client)
    assert caught.value.error_code == ""


def test_nothing_is_retried(client: PlaidClient, plaid: Scripted, calls: list[Call]) -> None:
    for status in (429, 502):
        plaid.answers(b"", status)
        with pytest.raises(errors.PlaidProblem):
            sync(client)
    assert len(plaid.requests) == 2
    assert [call.status for call in calls] == [429, 502]


def test_a_server_that_is_not_there_is_down() -> None:
    origin = "http://127.0.0.1:1"
    session = OutboundSession(allow_plaid(origin, production=False), lambda _: None)
    with pytest.raises(errors.ProviderDown) as caught:
        sync(PlaidClient(session, PlaidAccess(origin, "c", Secret(KEY))))
    assert caught.value.error_code == "outbound_connection"


def test_another_host_than_the_listed_one_is_a_fault_of_ours(calls: list[Call]) -> None:
    session = OutboundSession(allow_plaid("https://production.plaid.com", production=True), calls.append)
    with pytest.raises(errors.Misconfigured):
        sync(PlaidClient(session, PlaidAccess("https://evil.test", "c", Secret(KEY))))
    assert [call.refused for call in calls] == [True]


def test_a_sandbox_address_is_refused_in_production() -> None:
    with pytest.raises(ValueError, match="production"):
        allow_plaid("http://127.0.0.1:8001", production=True)


# R82: the token can reach these addresses and no others, and none of them writes.
def test_the_list_of_calls_is_the_published_one_and_none_writes() -> None:
    allowed = allow_plaid("https://production.plaid.com", production=True)
    assert {route.path for route in allowed.routes} == set(PATHS)
    assert len(PATHS) == 11
    assert not any(route.writes or route.method != "POST" for route in allowed.routes)
    assert not any("transfer" in path or "payment" in path or "auth/" in path for path in PATHS)


def test_a_sample_may_be_asked_for_in_a_sandbox_and_nowhere_else(calls: list[Call]) -> None:
    (sample,) = SANDBOX_PATHS
    for origin in ("https://sandbox.plaid.com", "http://127.0.0.1:8001"):
        assert {route.path for route in allow_plaid(origin, production=False).routes} == {*PATHS, sample}
    origin = "https://production.plaid.com"
    session = OutboundSession(allow_plaid(origin, production=True), calls.append)
    with pytest.raises(errors.Misconfigured):
        PlaidClient(session, PlaidAccess(origin, "c", Secret(KEY))).create_sample("ins_1", "https://a/w")
    assert [(call.path, call.refused) for call in calls] == [(sample, True)]


ATTEMPTS: list[Callable[[PlaidClient], object]] = [
    sync,
    lambda client: client.get_accounts(TOKEN),
    lambda client: client.remove_item(TOKEN),
    lambda client: client.exchange(TOKEN),
]


# R83: tokens and keys are in no exception, no local variable that a debugger would print, and no log.
@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize(
    "answer", [(status, body) for status in (200, 400, 500) for body in (TOKEN.reveal().encode(), b'{"request_id": 5}')]
)
def test_no_failure_shows_a_token(
    attempt: Callable[[PlaidClient], object],
    answer: tuple[int, bytes],
    client: PlaidClient,
    plaid: Scripted,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    plaid.answers(answer[1], answer[0])
    with pytest.raises(errors.PlaidProblem) as caught:
        attempt(client)
    logging.getLogger("test").error("failed", exc_info=caught.value)
    # Without this test's own frame, whose variables are the test's.
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(caught.value.__traceback__.tb_next if caught.value.__traceback__ else None),
        capture_locals=True,
    )
    shown = "".join(frames.format()) + repr(caught.value) + repr(caught.value.__context__) + caplog.text
    assert "integrations/providers/plaid.py" in shown
    assert TOKEN.reveal() not in shown
    assert KEY not in shown


def test_the_search_for_tokens_would_find_one() -> None:
    def fail(token: str) -> None:
        raise ValueError

    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the frames matter, not the error
        fail(TOKEN.reveal())
    frames = traceback.StackSummary.extract(traceback.walk_tb(caught.value.__traceback__), capture_locals=True)
    assert TOKEN.reveal() in "".join(frames.format())


def test_answers_do_not_show_their_tokens(sandbox: Sandbox) -> None:
    start = sandbox.start_link()
    sandbox.choose(start, "ins_902")
    link = sandbox.client.get_link(start.link_token)
    exchange = sandbox.client.exchange(link.banks[0].public_token)
    for answer, token in (
        (start, start.link_token),
        (link, link.banks[0].public_token),
        (exchange, exchange.access_token),
    ):
        assert token.reveal().split("-")[1] == "sandbox"
        assert token.reveal() not in repr(answer)
    assert start.hosted_link_url.reveal() not in repr(start)


def session_of(**more: Any) -> dict[str, Any]:
    return {"link_session_id": "s", "finished_at": "2026-11-20T12:00:00Z", **more}


def link_answer(client: PlaidClient, plaid: Scripted, *sessions: dict[str, Any]) -> LinkAnswer:
    answer: dict[str, Any] = {
        "link_token": "l",
        "expiration": None,
        "created_at": None,
        "metadata": {},
        "request_id": "r",
    }
    plaid.answers({**answer, "link_sessions": list(sessions)})
    return client.get_link(Secret("l"))


def test_public_tokens_are_read_from_either_place(client: PlaidClient, plaid: Scripted) -> None:
    institution = {"name": "First", "institution_id": "ins_1"}
    account = {"id": "a", "name": "Checking", "mask": None, "type": "depository", "subtype": "checking"}
    added = {"public_token": "public-1", "accounts": [account], "institution": institution}
    new = session_of(results={"item_add_results": [added]})
    old = session_of(
        on_success={"public_token": "public-2", "metadata": {"institution": institution, "accounts": [account]}}
    )
    answer = link_answer(client, plaid, new, old)
    assert [bank.public_token.reveal() for bank in answer.banks] == ["public-1", "public-2"]
    assert answer.banks[0].accounts == answer.banks[1].accounts
    assert answer.banks[0].institution == answer.banks[1].institution


def test_a_session_may_have_been_left(client: PlaidClient, plaid: Scripted) -> None:
    left = session_of(exit={"error": None, "metadata": None}, results=None, on_success=None)
    assert link_answer(client, plaid, left).was_left
    assert not link_answer(client, plaid).is_finished
    assert not link_answer(client, plaid, {"link_session_id": "s", "finished_at": None}).is_finished


@pytest.fixture
def sandbox(bank: Sandbox) -> Sandbox:
    return bank


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("ITEM_ERROR", "ITEM_LOGIN_REQUIRED", errors.NeedsReauth),
        ("INSTITUTION_ERROR", "INSTITUTION_DOWN", errors.ProviderDown),
        ("INSTITUTION_ERROR", "A_CODE_OF_TOMORROW", errors.ProviderDown),
        ("RATE_LIMIT_EXCEEDED", "A_CODE_OF_TOMORROW", errors.RateLimited),
        ("ITEM_ERROR", "A_CODE_OF_TOMORROW", errors.NeedsReauth),
        ("A_TYPE_OF_TOMORROW", "A_CODE_OF_TOMORROW", errors.NeedsReauth),
    ],
)
def test_what_is_wrong_with_an_item_is_told_by_its_code_or_else_its_type(
    kind: str, code: str, expected: type[errors.PlaidProblem]
) -> None:
    problem = errors.problem_of_item(kind, code)
    assert type(problem) is expected
    assert problem.error_code == code


# Whoever presses a button and is told this has to know what to do: nothing is tried again by itself then.
def test_every_problem_that_a_person_waited_for_says_what_to_do_next() -> None:
    kinds: list[type[errors.PlaidProblem]] = [errors.PlaidProblem, *errors.PlaidProblem.__subclasses__()]
    assert len(kinds) > 8
    for kind in kinds:
        assert "by itself" not in kind.sentence
        assert any(
            words in kind.sentence for words in ("Try again", "sign in again", "Connect it again", "our support")
        )
