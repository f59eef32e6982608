"""What is sent to Sentry, received by a server that plays it: where it broke, and nothing of what was in it."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from config.errors import clean_event
from tests.config.canaries import CANARIES
from tests.support.commands import run_script
from tests.support.environment import Workplace

VISIT = f"""
from io import BytesIO
from wsgiref.util import setup_testing_defaults
from django.conf import settings
settings.ROOT_URLCONF = "tests.config.breaking"
settings.DATABASES["default"]["ATOMIC_REQUESTS"] = False
import sentry_sdk
from config.wsgi import application
body = b"account_number={CANARIES["body"]}"
asked = {{
    "REQUEST_METHOD": "POST", "PATH_INFO": "/break/", "QUERY_STRING": "q={CANARIES["query"]}",
    "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
    "HTTP_X_CUSTOM": {CANARIES["header"]!r}, "HTTP_COOKIE": "session={CANARIES["cookie"]}", "HTTP_HOST": "testserver",
}}
setup_testing_defaults(asked)
started = []
page = b"".join(application(asked, lambda status, headers: started.append((status, dict(headers)))))
(status, headers), = started
print(status[:3], headers["X-Request-ID"], page.decode())
sentry_sdk.flush(10)
"""
# Sentry as it comes, to show that each of the secrets would get there.
AS_IT_COMES = """
import sentry_sdk
sentry_sdk.init(dsn=settings.SENTRY_DSN, send_default_pii=True, max_request_body_size="always", traces_sample_rate=None)
"""


class Receiver(HTTPServer):
    """Keeps what is sent to it, unpacked."""

    received: list[str]

    @property
    def dsn(self) -> str:
        return f"http://0123456789abcdef@127.0.0.1:{self.server_port}/1"

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for text in self.received for line in text.splitlines() if line]
        return [line for line in lines if "exception" in line or "logentry" in line]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        self.server.received.append(text.decode())  # type: ignore[attr-defined] # a Receiver
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def sentry(django_db_setup: None) -> Iterator[Receiver]:
    server = Receiver(("127.0.0.1", 0), Handler)
    server.received = []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def visit(workplace: Workplace, sentry: Receiver, *, as_it_comes: bool = False) -> tuple[str, str]:
    """The page that a person gets and what was logged."""
    told = {"SENTRY_DSN": sentry.dsn, "SENTRY_SPOTLIGHT": "0"}
    script = VISIT.replace("import sentry_sdk\n", AS_IT_COMES.replace("settings.SENTRY_DSN", repr(sentry.dsn)), 1)
    status, out, complaints = run_script(script if as_it_comes else VISIT, environment=workplace.environment() | told)
    assert status == 0, complaints
    return out, complaints


# R88
def test_a_report_says_where_it_broke_and_shows_nothing_that_was_there(workplace: Workplace, sentry: Receiver) -> None:
    page, logged = visit(workplace, sentry)
    (broken,) = [event for event in sentry.events if "exception" in event]
    sent = "\n".join(sentry.received)

    assert [name for name, secret in CANARIES.items() if secret in sent] == []
    assert [error["type"] for error in broken["exception"]["values"]][-1] == "RuntimeError"
    assert broken["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "break_everything"
    assert broken["request"] == {"method": "POST", "url": "http://testserver/break/"}
    assert broken["tags"]["request_id"] in page
    assert [name for name, secret in CANARIES.items() if secret in logged] == []
    assert "RuntimeError: ('It broke at [Stripe key]'" in logged


def test_sentry_as_it_comes_would_show_them(workplace: Workplace, sentry: Receiver) -> None:
    visit(workplace, sentry, as_it_comes=True)
    sent = "\n".join(sentry.received)

    assert {name for name, secret in CANARIES.items() if secret in sent} >= {
        "local variable", "breadcrumb", "log argument", "extra", "error text", "query", "body", "header",
    }  # fmt: skip


# R92
def test_the_page_of_a_fault_shows_its_reference_and_nothing_else(workplace: Workplace, sentry: Receiver) -> None:
    page, _ = visit(workplace, sentry)
    status, reference, body = page.split(" ", 2)

    assert status == "500"
    assert f"Reference <code>{reference}</code>" in body
    for absent in ("RuntimeError", "Traceback", "break_everything", "SELECT"):
        assert absent not in body


def test_a_report_that_cannot_be_cleaned_is_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    assert clean_event({"exception": {"values": [None]}}, {}) is None  # type: ignore[list-item]
    assert "could not be cleaned" in caplog.text
    assert clean_event({"exception": {"values": []}}, {}) is not None
