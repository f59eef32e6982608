"""The product's own programs as fixtures: a web server, a worker and the sandbox bank, each a real process on this
test process's database. They see only what is committed, so their tests are marked `django_db(transaction=True)`.
"""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from config.demo import programs
from tests.support.environment import Workplace


@pytest.fixture(scope="session")
def site(workplace: Workplace, django_db_setup: None) -> Iterator[str]:
    """The address of a real web server."""
    child = programs.start_web(workplace.site_port, environment=workplace.environment(), logs=workplace.folder)
    try:
        programs.wait_until_ready(child, workplace.site_port)
        yield workplace.site_url
    finally:
        child.stop()


@pytest.fixture(scope="session")
def sandbox(workplace: Workplace) -> Iterator[str]:
    """The address of a sandbox bank, which is also what PLAID_BASE_URL says. Its Stripe sells our plans."""
    from billing.catalogue import sync_plans

    child = programs.start_sandbox(
        workplace.sandbox_port, environment=workplace.sandbox_environment(), logs=workplace.folder
    )
    try:
        programs.wait_for_answer(child, workplace.sandbox_port)
        sync_plans()
        yield workplace.sandbox_url
    finally:
        child.stop()


@pytest.fixture(scope="session")
def celery_worker_process(
    workplace: Workplace, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A real worker that takes what the tests enqueue. It is no clock: what beat would enqueue, a test enqueues."""
    from tests.support.leftovers import put_off_leftovers

    with django_db_blocker.unblock():
        put_off_leftovers()
    child = programs.start_worker(environment=workplace.environment(), logs=workplace.folder, beat=None, processes="1")
    try:
        programs.wait_for_worker(child)
        yield
    finally:
        child.stop()
