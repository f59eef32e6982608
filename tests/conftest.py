"""The base of all tests: throwaway servers, a database for each process from a template that the owner role migrated once,
`default` connected as the web role, people to act, and no way out to the network. Nothing is ever flushed.
"""

import os
from collections.abc import Iterator
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.environment import Workplace
from tests.support.network import close_network
from tests.support.processes import celery_worker_process, sandbox, site
from tests.support.servers import TEMPLATE, ServerAddresses, Servers

if TYPE_CHECKING:
    from tests.integrations.linked import TaskQueue
    from tests.support.client import ScopeCheckingClient
    from tests.support.people import Persona

__all__ = ["celery_worker_process", "sandbox", "site"]

SERVERS = pytest.StashKey[Servers]()
WORKPLACE = pytest.StashKey[Workplace]()


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("help", False) or config.getoption("version", 0):
        return
    given: dict[str, Any] = getattr(config, "workerinput", {})
    servers = None if given else Servers()
    addresses = servers.addresses if servers else ServerAddresses(**given["servers"])
    workplace = config.stash[WORKPLACE] = Workplace.prepare(addresses, given.get("workerid"))
    os.environ.update(workplace.environment())
    _set_up_django()
    if servers:
        config.stash[SERVERS] = servers
        config.add_cleanup(servers.stop)
        servers.finish_starting()
        _migrate_template()
        # xdist's workers inherit this environment, and must not load the settings before they have one of their own.
        del os.environ["DJANGO_SETTINGS_MODULE"]
    close_network()


def pytest_configure_node(node: Any) -> None:
    node.workerinput["servers"] = node.config.stash[SERVERS].addresses.as_plain()


def _set_up_django() -> None:
    import django
    from django.conf import settings
    from django.test import TransactionTestCase

    settings.PASSWORD_HASHERS = ["tests.support.hashers.QuickArgon2"]
    settings.BACKUP_CODE_COST = {"memory_cost": 8, "time_cost": 1, "parallelism": 1}
    django.setup()
    # The web role cannot truncate, and what the tests commit belongs to people of their own.
    setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)  # noqa: B010 - not in its published types


def _migrate_template() -> None:
    from django.core.management import call_command
    from django.db import connections

    owner = connections["owner"]
    own_name, owner.settings_dict["NAME"] = owner.settings_dict["NAME"], TEMPLATE
    call_command("migrate", database="owner", verbosity=0)
    owner.close()
    owner.settings_dict["NAME"] = own_name


@pytest.fixture(scope="session")
def workplace(pytestconfig: pytest.Config) -> Workplace:
    """This process's own database, ports and files."""
    return pytestconfig.stash[WORKPLACE]


@pytest.fixture(scope="session")
def django_db_setup(workplace: Workplace) -> None:
    """Replaces pytest-django's: the database is a copy of the template, owned by the owner role."""
    workplace.create_database(TEMPLATE)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Nothing that an earlier test has counted or kept, in this process or in the web server beside it; and nothing that
    either counts from now on is counted for the other.
    """
    from django.core.cache import cache

    from config.counting import use_prefix
    from config.redis_client import circuit

    circuit.close()
    cache.clear()
    use_prefix(f"limits-{token_hex(4)}")


@pytest.fixture
def client() -> "ScopeCheckingClient":
    from tests.support.client import ScopeCheckingClient

    return ScopeCheckingClient()


@pytest.fixture
def queue() -> Iterator["TaskQueue"]:
    """A queue that no worker of another test listens to."""
    from celery import current_app

    from tests.integrations.linked import TaskQueue

    current_app.loader.import_default_modules()
    name, usual = f"tests-{token_hex(6)}", current_app.conf.task_default_queue
    current_app.conf.task_default_queue = name
    current_app.__dict__.pop("amqp", None)
    yield TaskQueue(name)
    current_app.conf.task_default_queue = usual
    current_app.__dict__.pop("amqp", None)


@pytest.fixture
def alice(db: None) -> "Persona":
    """The Owner of a workspace."""
    from tests.support.people import make_owner

    return make_owner("alice", "Alder Works")


@pytest.fixture
def bob(alice: "Persona") -> "Persona":
    """An Auditor in alice's workspace."""
    from accounts.permissions import Role
    from tests.support.people import make_member

    return make_member("bob", alice.workspace, Role.AUDITOR)


@pytest.fixture
def mallory(db: None) -> "Persona":
    """The Owner of another workspace."""
    from tests.support.people import make_owner

    return make_owner("mallory", "Marsh Trading")
