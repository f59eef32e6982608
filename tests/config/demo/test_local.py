"""What outlives a start is made once and readable by its owner only."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.demo.local import AlreadyRunning, Local
from config.demo.ports import LOOPBACK


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    before = os.umask(0o022)
    yield Local(tmp_path / "local")
    os.umask(before)


def test_secrets_are_made_once_and_differ(local: Local) -> None:
    first = local.secrets()

    assert local.secrets() == first
    assert len(set(first.values())) == len(first)
    assert min(map(len, first.values())) >= 48
    assert local.password_of("a@b.test") == local.password_of("a@b.test")
    assert local.password_of("a@b.test") != local.password_of("c@d.test")


def test_others_read_nothing(local: Local) -> None:
    local.secrets()
    local.port("web")

    for path in local.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_port_is_kept_until_somebody_else_has_it(local: Local) -> None:
    port = local.port("web")
    assert local.port("web") == port
    assert local.port("sandbox") != port

    with socket.socket() as other:
        other.bind((LOOPBACK, port))
        other.listen()
        moved = local.port("web")
    assert moved != port
    assert local.port("web") == moved


def test_only_one_start_at_a_time(local: Local) -> None:
    with local.locked(), pytest.raises(AlreadyRunning), Local(local.folder).locked():
        pass
    with local.locked():
        pass
