"""A sandbox over real HTTP inside the test process, a receiver of webhooks, and what drives them. No database needed."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

import requests

from config.outbound import Call, OutboundSession
from integrations.providers.plaid import PlaidAccess, PlaidClient, allow_plaid
from integrations.providers.plaid_link import LinkedBank, LinkStart
from integrations.providers.plaid_messages import RemovedTransaction, SyncPage, Transaction
from integrations.providers.secret import Secret
from integrations.sandbox.application import build_application
from integrations.sandbox.plaid.delivery import Delivery
from integrations.sandbox.plaid.world import World, build_world
from integrations.sandbox.settings import Settings, ZohoSettings

CLIENT_ID, SECRET = "client-for-tests", "secret-for-tests-4d1f"
CREDENTIALS = {"PLAID-CLIENT-ID": CLIENT_ID, "PLAID-SECRET": SECRET}
ZOHO_CLIENT, ZOHO_SECRET = "1000.BOOKSFORTESTS", "books-secret-for-tests-77ab"
LONG_HISTORY, FIRST_HARBOR, REPLAY = "ins_901", "ins_902", "ins_903"
TODAY = date(2026, 11, 20)
BACK = "http://127.0.0.1:8000/w/amber-fox/connections/link/"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        pass


class Server:
    """Serves a WSGI application on a free loopback port, one request after the other."""

    def __init__(self, application: WSGIApplication | None, on_stop: Callable[[], None] = lambda: None) -> None:
        self._server = WSGIServer(("127.0.0.1", 0), _Quiet)
        self._server.set_app(application)
        self.use = self._server.set_app
        self._on_stop = on_stop
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)
        self._on_stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Clock:
    """Unix time that a test can move."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Sandbox:
    """A sandbox and a client of it. `restart` keeps the database and may move to another day."""

    def __init__(
        self, folder: Path, *, replay_file: Path | None = None, zoho: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        self.clock = Clock()
        self.calls: list[Call] = []
        self.requests: Counter[str] = Counter()
        self.day = TODAY
        self._settings = Settings(
            db=folder / "sandbox.sqlite3",
            client_id=CLIENT_ID,
            secret=SECRET,
            public_url="",
            today=lambda: self.day,
            replay_file=replay_file,
            zoho=ZohoSettings(
                ZOHO_CLIENT, ZOHO_SECRET, **({"per_minute": 100_000, "per_day": 1_000_000} | (zoho or {}))
            ),
            **{"ready_seconds": 0.0, "retry_seconds": 0.05, **settings},
        )
        self._start()

    def _start(self) -> None:
        self._server = Server(None, self._close_store)
        self.url = self._server.url
        self.world = replace(build_world(replace(self._settings, public_url=self.url)), now=self.clock)
        self._server.use(self._counting(build_application(self.world)))
        access = PlaidAccess(self.url, CLIENT_ID, Secret(SECRET))
        self.session = OutboundSession(allow_plaid(self.url, production=False), self.calls.append)
        self.client = PlaidClient(self.session, access)

    def _counting(self, application: WSGIApplication) -> WSGIApplication:
        def counted(environ: Any, start_response: Any) -> Iterable[bytes]:
            # `post` below goes past the client, and names no version.
            self.requests[environ["PATH_INFO"]] += "HTTP_PLAID_VERSION" in environ
            return application(environ, start_response)

        return counted

    def switch(
        self, kind: str, path: str = "", *, after: int = 0, times: int = 1, seconds: float | None = None
    ) -> None:
        """Makes calls there go wrong, as anybody with the key can."""
        answer = self.post("/control/faults", kind=kind, path=path, after=after, times=times, seconds=seconds)
        assert answer.status_code == 200, answer.text

    def clear_switches(self) -> None:
        assert requests.delete(f"{self.url}/control/faults", headers=CREDENTIALS, timeout=60).ok

    def served(self) -> int:
        """How many calls went wrong by a switch."""
        faults = requests.get(f"{self.url}/control/faults", headers=CREDENTIALS, timeout=60).json()["faults"]
        return sum(one["served"] for one in faults)

    def restart(self) -> None:
        self.stop()
        self._start()

    def stop(self) -> None:
        self.session.close()
        self._server.stop()
        self._close_store()

    def _close_store(self) -> None:
        self.world.store.close()

    @contextmanager
    def delivering(self) -> Iterator[None]:
        """Sends webhooks meanwhile."""
        delivery = Delivery(self.world)
        delivery.start()
        try:
            yield
        finally:
            delivery.stop()

    def deliver(self) -> None:
        """Sends the webhooks that are due, once."""
        Delivery(self.world).tick()

    def post(self, path: str, /, **body: object) -> requests.Response:
        """A call with credentials, past the client."""
        return requests.post(self.url + path, json=body, headers=CREDENTIALS, timeout=60)

    def link(
        self, bank: str = FIRST_HARBOR, *, webhook: str = "http://127.0.0.1:9/hook", accounts: str = "all"
    ) -> Secret:
        """Links a bank through the hosted page and returns the access token."""
        start = self.start_link(webhook=webhook)
        self.choose(start, bank, accounts=accounts)
        return self.client.exchange(self.banks(start)[0].public_token).access_token

    def start_link(self, *, webhook: str = "http://127.0.0.1:9/hook", access_token: Secret | None = None) -> LinkStart:
        return self.client.create_link(
            person="person-1", webhook=webhook, completion_redirect_uri=BACK, access_token=access_token
        )

    def choose(
        self, start: LinkStart, bank: str, *, accounts: str = "all", decision: str = "allow"
    ) -> requests.Response:
        form = {"institution_id": bank, "account_ids": accounts.split(","), "decision": decision}
        url = f"{start.hosted_link_url.reveal()}/consent"
        return requests.post(url, data=form, timeout=60, allow_redirects=False)

    def banks(self, start: LinkStart) -> tuple[LinkedBank, ...]:
        return self.client.get_link(start.link_token).banks

    def add_row(self, token: Secret, amount: float = 12.34, description: str = "EXTRA ROW") -> None:
        day = self.day.isoformat()
        row = {"date_transacted": day, "date_posted": day, "amount": amount, "description": description}
        answer = self.post("/sandbox/transactions/create", access_token=token.reveal(), transactions=[row])
        assert answer.status_code == 200, answer.text


@dataclass
class Mirror:
    """What a client holds that follows the cursor rules."""

    rows: dict[str, Transaction] = field(default_factory=dict)
    cursor: str | None = None
    pages: list[SyncPage] = field(default_factory=list)

    def follow(self, sandbox: Sandbox, token: Secret, count: int = 500) -> "Mirror":
        while True:
            page = sandbox.client.sync_transactions(token, self.cursor, count)
            self.pages.append(page)
            self.apply(page.added, page.modified, page.removed)
            self.cursor = page.next_cursor or self.cursor
            if not page.has_more:
                return self

    def apply(
        self, added: Iterable[Transaction], modified: Iterable[Transaction], removed: Iterable[RemovedTransaction]
    ) -> None:
        self.rows |= {row.transaction_id: row for row in (*added, *modified)}
        for row in removed:
            del self.rows[row.transaction_id]


@dataclass
class Receiver:
    """Keeps the webhooks it gets and answers them with `statuses`, then with 200."""

    statuses: list[int] = field(default_factory=list)
    retry_after: str = ""
    received: list[tuple[str, bytes]] = field(default_factory=list)
    url: str = ""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.received.append((environ.get("HTTP_PLAID_VERIFICATION", ""), body))
        status = self.statuses.pop(0) if self.statuses else 200
        wait = [("Retry-After", self.retry_after)] if status == 429 else []
        start_response(f"{status} Answer", [("Content-Length", "0"), *wait])
        return []


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = Server(receiver)
    receiver.url = f"{server.url}/webhooks/plaid/"
    try:
        yield receiver
    finally:
        server.stop()


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that lets `answer` speak on each accepted connection, after one arrival of data; gives its origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    connection.recv(65_536)
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        thread.join()
        listener.close()


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def reply_of(world: World, sql: str, *values: object) -> Any:
    """The first column of one row of the sandbox's store."""
    row = world.store.one(sql, *values)
    assert row is not None
    return row[0]
