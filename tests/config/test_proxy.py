"""The shipped configuration of the web server in front: nothing but TLS 1.3, and all else is sent there.

Where nginx is installed it is started with this very file, on ports and with a certificate of the test's.
"""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from config.demo.local import REPOSITORY
from config.demo.ports import find_free_port
from tests.support.waiting import wait_until

SHIPPED = (REPOSITORY / "config/proxy/nginx.conf").read_text()
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


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


@dataclass(frozen=True, slots=True)
class Proxy:
    plain: int
    encrypted: int
    certificate: Path

    def get(self, path: str, headers: dict[str, str]) -> str:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = HTTPSConnection("counterfoil.example", self.encrypted, context=context, timeout=10)
        with self.shake(context) as connection.sock:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().read().decode()

    def shake(self, context: ssl.SSLContext, name: str = "counterfoil.example") -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.encrypted), timeout=10)
        try:
            return context.wrap_socket(raw, server_hostname=name)
        except OSError:
            raw.close()
            raise


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if NGINX is None:
        pytest.skip("nginx is not installed here")
    folder = tmp_path_factory.mktemp("proxy")
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    write_certificate(certificate, key)
    product = HTTPServer(("127.0.0.1", 0), Product)
    Thread(target=product.serve_forever, daemon=True).start()
    plain = find_free_port()
    encrypted = find_free_port(taken=[plain])
    (folder / "mime.types").write_text("types { text/html html; }")
    (folder / "nginx.conf").write_text(adapt(folder, product.server_port, plain, encrypted))
    command = [
        NGINX,
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        str(folder / "error.log"),
        "-g",
        "daemon off;",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until(lambda: answers(encrypted) or process.poll() is not None, "nginx answers")
            assert process.poll() is None, process.communicate()[1]
            yield Proxy(plain, encrypted, certificate)
        finally:
            process.terminate()
    product.shutdown()
    product.server_close()


def write_certificate(certificate: Path, key: Path) -> None:
    """For an hour, signed by itself."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "counterfoil.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("counterfoil.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(own, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def adapt(folder: Path, product: int, plain: int, encrypted: int) -> str:
    """The shipped file with ports, paths and a certificate of the test's: its rules stay."""
    own = re.sub(r"^\s*listen \[::\]:.*\n", "", SHIPPED, flags=re.MULTILINE)
    for shipped, here in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{encrypted} "),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{product};"),
        ("/etc/letsencrypt/live/counterfoil.example", str(folder)),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert shipped in own
        own = own.replace(shipped, here)
    return f"pid {folder}/nginx.pid;\n" + own


def answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


# R8
def test_plain_http_is_sent_to_https(proxy: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", proxy.plain, timeout=10)
    connection.request("GET", "/accounts/login/?next=/", headers={"Host": "counterfoil.example"})
    with closing(connection):
        answer = connection.getresponse()

    assert answer.status == 308
    assert answer.headers["Location"] == "https://counterfoil.example/accounts/login/?next=/"


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
