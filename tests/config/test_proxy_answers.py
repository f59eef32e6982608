"""What the web server in front answers itself carries the headers that the product's answers carry, and each once.

R68-R74. What the product has said of itself stands as it was said.
"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from config.demo.ports import find_free_port
from tests.config.proxy_here import NGINX, Answer, Proxy, running_proxy

OWN = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
LASTING = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload"}
TOLD = {name: f"{name.lower()} of the product" for name in (*OWN, *LASTING)}
TOO_LARGE = b"note=" + b"x" * (1024 * 1024)

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")


class Product(BaseHTTPRequestHandler):
    """Speaks for itself, ends without a word at /gone/, and keeps its caller waiting at /slow/."""

    is_over = Event()

    def do_GET(self) -> None:
        if self.path == "/slow/":
            self.is_over.wait(30)
        if self.path in {"/slow/", "/gone/"}:
            self.close_connection = True
            return
        self.send_response(503 if self.path == "/refused/" else 200)
        for name, value in TOLD.items():
            self.send_header(name, value)
        if self.path == "/refused/":
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"product!")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    product = ThreadingHTTPServer(("127.0.0.1", 0), Product)
    Thread(target=product.serve_forever, daemon=True).start()
    with running_proxy(tmp_path_factory.mktemp("proxy"), product.server_port) as running:
        yield running
    Product.is_over.set()
    product.shutdown()
    product.server_close()


def headers_of(answer: Answer) -> dict[str, list[str]]:
    return {name: answer.all_of(name) for name in (*OWN, *LASTING)}


def once_each(headers: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


@pytest.mark.parametrize("path", ["/", "/refused/"])
def test_what_the_product_says_of_itself_stands_as_it_was_said(path: str, proxy: Proxy) -> None:
    answer = proxy.ask("GET", path)

    assert headers_of(answer) == once_each(TOLD)
    assert answer.body == "product!"
    assert answer.all_of("Retry-After") == (["7"] if path == "/refused/" else [])


def test_a_body_that_is_too_large_is_refused_in_plain_words(proxy: Proxy) -> None:
    answer = proxy.ask("POST", "/", body=TOO_LARGE)

    assert (answer.status, headers_of(answer)) == (413, once_each(OWN | LASTING))
    assert "Nothing was changed. Go back: what you typed is still there." in answer.body
    assert answer.all_of("Content-Type") == ["text/html; charset=utf-8"]
    assert proxy.ask("POST", "/", body=TOO_LARGE[:-5]).status == 200


@pytest.mark.parametrize(("path", "status"), [("/gone/", 502), ("/slow/", 504)])
def test_a_product_that_does_not_answer_is_told_of_with_when_to_come_again(
    path: str, status: int, proxy: Proxy
) -> None:
    answer = proxy.ask("POST", path, body=b"note=x")

    assert (answer.status, headers_of(answer)) == (status, once_each(OWN | LASTING))
    assert answer.all_of("Retry-After") == ["15"]
    assert "may or may not have been carried out" in answer.body


def test_nobody_behind_it_is_told_of_alike(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_proxy(tmp_path_factory.mktemp("alone"), find_free_port()) as alone:
        answer = alone.ask("GET", "/")

    assert (answer.status, headers_of(answer)) == (502, once_each(OWN | LASTING))
    assert answer.all_of("Retry-After") == ["15"]


def test_the_redirect_carries_them_and_no_hsts_which_means_nothing_there(proxy: Proxy) -> None:
    answer = proxy.ask_plainly("/")

    assert (answer.status, headers_of(answer)) == (308, once_each(OWN) | {name: [] for name in LASTING})


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: counterfoil.example\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: counterfoil.example\r\n\r\n", 414),
        (b"TRACE / HTTP/1.1\r\nHost: counterfoil.example\r\n\r\n", 405),
    ],
    ids=["no host", "a long header", "a long address", "trace"],
)
def test_what_cannot_be_read_is_refused_with_them(words: bytes, status: int, proxy: Proxy) -> None:
    answer = proxy.say(words)

    assert (answer.status, headers_of(answer)) == (status, once_each(OWN | LASTING))
