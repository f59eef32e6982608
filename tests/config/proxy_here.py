"""The shipped web server, started with its own file on ports, paths and a certificate of the tests'."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

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
NAME = "counterfoil.example"


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` are pairs, as one may be there twice."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def all_of(self, name: str) -> list[str]:
        return [value for own, value in self.headers if own.lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Proxy:
    plain: int
    encrypted: int
    certificate: Path

    def get(self, path: str, headers: dict[str, str]) -> str:
        return self.ask("GET", path, headers=headers).body

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = HTTPSConnection(NAME, self.encrypted, context=context, timeout=10)
        with self.shake(context) as connection.sock:
            connection.request(method, path, body=body, headers=headers or {})
            return _read(connection.getresponse())

    def ask_plainly(self, path: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.plain, timeout=10)
        connection.request("GET", path, headers={"Host": NAME})
        with closing(connection):
            return _read(connection.getresponse())

    def say(self, words: bytes) -> Answer:
        """What is answered to bytes that no client of good will sends."""
        with self.shake(ssl.create_default_context(cafile=str(self.certificate))) as connection:
            connection.sendall(words)
            response = HTTPResponse(connection)
            response.begin()
            return _read(response)

    def shake(self, context: ssl.SSLContext, name: str = NAME) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.encrypted), timeout=10)
        try:
            return context.wrap_socket(raw, server_hostname=name)
        except OSError:
            raw.close()
            raise


@contextmanager
def running_proxy(folder: Path, product: int) -> Iterator[Proxy]:
    """In front of whatever listens at the port `product`, or of nothing."""
    assert NGINX is not None
    certificate, key = folder / "fullchain.pem", folder / "privkey.pem"
    write_certificate(certificate, key)
    plain = find_free_port()
    encrypted = find_free_port(taken=[plain])
    (folder / "mime.types").write_text("types { text/html html; }")
    (folder / "nginx.conf").write_text(adapt(folder, product, plain, encrypted))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until(lambda: answers(encrypted) or process.poll() is not None, "nginx answers")
            assert process.poll() is None, process.communicate()[1]
            yield Proxy(plain, encrypted, certificate)
        finally:
            process.terminate()


def write_certificate(certificate: Path, key: Path) -> None:
    """For an hour, signed by itself."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
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
        ("proxy_read_timeout 30s;", "proxy_read_timeout 1s;"),
    ):
        assert shipped in own
        own = own.replace(shipped, here)
    return f"pid {folder}/nginx.pid;\n" + own


def answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def _read(response: HTTPResponse) -> Answer:
    return Answer(response.status, tuple(response.getheaders()), response.read().decode())
