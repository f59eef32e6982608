"""The queue over TLS: nothing is sent to a server whose certificate nobody vouches for."""

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.config.proxy_here import write_certificate
from tests.support.commands import run_script
from tests.support.environment import Workplace

CONNECT = "from config.celery import app\napp.connection_for_write().connect()"
SECONDS_TO_START = 60


def test_the_queue_is_not_taken_from_whoever_shows_a_certificate(tmp_path: Path, workplace: Workplace) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    write_certificate(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as beside:
        server.settimeout(SECONDS_TO_START)
        address = f"rediss://:password@127.0.0.1:{server.getsockname()[1]}/0"
        asked = beside.submit(run_script, CONNECT, environment=workplace.environment() | {"REDIS_URL": address})
        with server.accept()[0] as raw, pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
            context.wrap_socket(raw, server_side=True)
        status, _, _ = asked.result()

    assert status == 1
