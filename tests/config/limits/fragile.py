"""A web server whose Redis is its own, and can be killed, held and started again beside it."""

import os
import re
import secrets
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from config.demo import programs
from config.demo.children import Child
from config.demo.ports import LOOPBACK, find_free_port
from config.demo.valkey import EmbeddedValkey
from tests.support.environment import Workplace

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class FragileRedis:
    """`kill` takes it away, `hold` makes it silent, `start` brings it back empty at the same address."""

    valkey: EmbeddedValkey
    child: Child | None = field(default=None)

    @classmethod
    def make(cls, folder: Path) -> "FragileRedis":
        valkey = EmbeddedValkey(
            folder, folder.with_suffix(".log"), find_free_port(), secrets.token_urlsafe(18), durable=False
        )
        return cls(valkey)

    def start(self) -> None:
        self.child = self.valkey.start()
        self.valkey.wait_until_ready(self.child)

    def kill(self) -> None:
        if self.child is not None:
            os.killpg(self.child.process.pid, signal.SIGKILL)
            self.child.process.wait()
            self.child = None

    def hold(self) -> None:
        assert self.child is not None
        os.killpg(self.child.process.pid, signal.SIGSTOP)

    def let_go(self) -> None:
        assert self.child is not None
        os.killpg(self.child.process.pid, signal.SIGCONT)


@dataclass
class FragileSite:
    """A real web server that depends on such a Redis."""

    address: str
    redis: FragileRedis
    environment: dict[str, str]


def start_site(workplace: Workplace, redis: FragileRedis, port: int) -> Child:
    """The web server of this test process's database, on that Redis."""
    child = programs.start_web(port, environment=environment_of(workplace, redis, port), logs=workplace.folder)
    programs.wait_until_ready(child, port)
    return child


def environment_of(workplace: Workplace, redis: FragileRedis, port: int) -> dict[str, str]:
    """As of the whole test process, with another queue and another address."""
    return workplace.environment() | {"REDIS_URL": redis.valkey.url(), "BASE_URL": f"http://{LOOPBACK}:{port}"}


class Visitor:
    """Somebody at a real web server, with a session or without. Redirects are not followed."""

    def __init__(self, site: str, cookies: Any = None) -> None:
        self.site, self.http = site, requests.Session()
        for name, morsel in (cookies or {}).items():
            self.http.cookies.set(name, morsel.value)

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.site + path, timeout=60, allow_redirects=False)

    def post(self, path: str, data: dict[str, str] | None = None, *, seen_on: str = "") -> requests.Response:
        found = TOKEN.search(self.get(seen_on or path).text)
        assert found is not None
        return self.post_again(path, {"csrfmiddlewaretoken": found[1], **(data or {})})

    def post_again(self, path: str, data: dict[str, str]) -> requests.Response:
        return self.http.post(self.site + path, data=data, timeout=60, allow_redirects=False)
