"""A connection that is kept between requests: one that PostgreSQL has closed is replaced, one that is well costs no statement."""

import select
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.support.environment import Workplace
from vault import roles

pytestmark = pytest.mark.django_db(transaction=True)

END = "SELECT pg_terminate_backend(%s)"


@pytest.fixture
def kept(workplace: Workplace) -> Iterator[Any]:
    """One of the web role's own, as it is between two requests."""
    connection: Any = connections.create_connection("default")
    connection.connect()
    connection.health_check_enabled = True
    yield connection
    connection.close()


def ask(connection: Any, question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_one_that_is_well_is_used_without_a_question(kept: Any) -> None:
    backend = ask(kept, "SELECT pg_backend_pid()")
    with CaptureQueriesContext(kept) as asked:
        kept.close_if_unusable_or_obsolete()
        kept.health_check_done = False
        assert ask(kept, "SELECT pg_backend_pid()") == backend
    assert [query["sql"] for query in asked] == ["SELECT pg_backend_pid()"]


def test_one_that_postgresql_ended_is_replaced_before_the_next_statement(kept: Any, workplace: Workplace) -> None:
    backend = ask(kept, "SELECT pg_backend_pid()")
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database)) as other:
        assert other.execute(END, [backend]).fetchone() == (True,)
    wait_for_its_end(kept)
    kept.health_check_done = False
    assert ask(kept, "SELECT pg_backend_pid()") != backend


def test_one_with_something_to_read_is_asked_and_kept_if_it_answers(kept: Any, workplace: Workplace) -> None:
    backend = ask(kept, "SELECT pg_backend_pid()")
    with kept.cursor() as cursor:
        cursor.execute("LISTEN kept")
    with psycopg.connect(workplace.servers.role_url(roles.WEB, workplace.database), autocommit=True) as other:
        other.execute("NOTIFY kept")
    kept.health_check_done = False
    assert ask(kept, "SELECT pg_backend_pid()") == backend


def wait_for_its_end(kept: Any) -> None:
    """The end has come over the wire, so that it is not this test that is too quick."""
    poll = select.poll()
    poll.register(kept.connection.fileno(), select.POLLIN)
    assert poll.poll(120_000)
