"""Where a benchmark runs by itself: a throwaway PostgreSQL that keeps what it commits, Valkey, and the web server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.demo import programs
from config.demo.ports import LOOPBACK, find_free_port
from tests.support.environment import Workplace
from tests.support.servers import Servers


@dataclass(frozen=True, slots=True)
class Site:
    """A running web server; `pid` is its first process."""

    address: str
    pid: int


@contextmanager
def own_workplace() -> Iterator[Workplace]:
    """Servers of this run alone and Django set up on them: migrated by the owner, connected as the web role."""
    servers = Servers(durable=True)
    try:
        servers.finish_starting()
        workplace = Workplace.prepare(servers.addresses, None)
        workplace.create_database("template0")
        os.environ.update(workplace.environment())
        _set_up_django()
        yield workplace
    finally:
        servers.stop()


@contextmanager
def own_site(workplace: Workplace) -> Iterator[Site]:
    """The product's web server, with pages over plain text beside its own."""
    port = find_free_port()
    environment = workplace.environment() | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.site_settings"}
    child = programs.start_web(port, environment=environment, logs=workplace.folder)
    try:
        programs.wait_until_ready(child, port)
        yield Site(f"http://{LOOPBACK}:{port}", child.process.pid)
    finally:
        child.stop()


def _set_up_django() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    # The real one takes 100 MB for a moment, and would be the process's highest memory.
    settings.PASSWORD_HASHERS = ["tests.support.hashers.QuickArgon2"]
    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
