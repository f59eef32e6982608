"""The shipped configuration of the web server in front: nothing but TLS 1.3, and all else is sent there.

Where nginx is installed it is started with this very file, on ports and with a certificate of the test's.
"""

import re
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.config.proxy_here import NGINX, SHIPPED, Proxy, running_proxy


def words_of(directive: str) -> set[str]:
    return set(re.findall(rf"^\s*{directive} ([^;]+);", SHIPPED, re.MULTILINE))


# R7
def test_no_server_takes_less_than_tls_1_3() -> None:
    blocks = SHIPPED.split("server {")[1:]
    encrypted = [block for block in blocks if "443 ssl" in block]

    assert len(encrypted) == 2
    assert all("ssl_protocols TLSv1.3;" in block for block in encrypted)
    assert words_of("ssl_protocols") == {"TLSv1.3"}


# R91
def test_its_log_holds_no_query_and_no_address() -> None:
    (told,) = words_of("log_format")

    assert "$uri" in told
    assert not [word for word in ("$request ", "$request_uri", "$args", "$remote_addr", "$http_") if word in told]


class Product(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    def do_GET(self) -> None:
        body = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if NGINX is None:
        pytest.skip("nginx is not installed here")
    product = HTTPServer(("127.0.0.1", 0), Product)
    Thread(target=product.serve_forever, daemon=True).start()
    with running_proxy(tmp_path_factory.mktemp("proxy"), product.server_port) as running:
        yield running
    product.shutdown()
    product.server_close()


# R8
def test_plain_http_is_sent_to_https(proxy: Proxy) -> None:
    answer = proxy.ask_plainly("/accounts/login/?next=/")

    assert answer.status == 308
    assert answer.all_of("Location") == ["https://counterfoil.example/accounts/login/?next=/"]


# R7
def test_older_tls_and_other_names_are_refused(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    with proxy.shake(context) as connection:
        assert connection.version() == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        proxy.shake(context, "elsewhere.example")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        proxy.shake(context)


def test_curves_beyond_those_of_browsers_are_refused(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    context.set_ecdh_curve("secp521r1")

    with pytest.raises(ssl.SSLError):
        proxy.shake(context)


def test_what_a_client_says_of_itself_is_not_believed(proxy: Proxy) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "elsewhere.example"}
    reached = proxy.get("/", forged).splitlines()

    assert "x-forwarded-for: 127.0.0.1" in reached
    assert "x-forwarded-proto: https" in reached
    assert "host: counterfoil.example" in reached
    assert not [line for line in reached if "elsewhere" in line or "10.0.0.1" in line]
