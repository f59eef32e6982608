"""A token goes from the provider into a sealed column and from there to the provider, and shows up nowhere else. R83."""

import logging
import traceback
from collections.abc import Iterable

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection as database

from accounts.access import workspace_scope
from integrations.models import Connection, LinkSession
from integrations.providers.secret import Secret
from tests.integrations.faults import error, interpose
from tests.integrations.linked import TaskQueue, linked_page, newest_connection, opened, page_of
from tests.integrations.support import SECRET, Sandbox
from tests.support.people import Persona

pytestmark = pytest.mark.django_db(transaction=True)


def everything_in_redis() -> str:
    """All that the broker and the cache hold now."""
    found = []
    for url in (settings.REDIS_URL, settings.CACHES["default"]["LOCATION"]):
        with redis.Redis.from_url(str(url)) as client:
            for key in client.scan_iter("*"):
                kind = client.type(key)
                found.append(key)
                if kind == b"list":
                    found += client.lrange(key, 0, -1)
                elif kind == b"hash":
                    found += client.hgetall(key).values()
                elif kind == b"string":
                    found.append(client.get(key) or b"")
    return b"\n".join(found).decode(errors="replace")


def everything_stored(tables: Iterable[str]) -> str:
    found = []
    with database.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            found += [str([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor.fetchall()]
    return "\n".join(found)


TABLES = (
    "integrations_connection",
    "integrations_linksession",
    "integrations_syncrun",
    "integrations_stagedpage",
    "integrations_webhookreceipt",
    "integrations_callcount",
    "audit_event",
    "vault_routingentry",
)


def test_no_token_is_logged_queued_cached_stored_or_shown(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    back = linked_page(alice, harbor)
    seen.append(everything_in_redis())
    with workspace_scope(alice.workspace.pk):
        link_token = LinkSession.objects.get().link_token
    seen.append(alice.client.get(back).content.decode())
    seen.append(everything_in_redis())
    queue.work()
    connection = newest_connection(alice)
    with opened(alice, connection) as now:
        access_token = now.access_token
    assert link_token is not None
    assert access_token is not None
    public_token = harbor.world.store.one("SELECT token FROM public_token ORDER BY expires_at DESC")
    assert public_token is not None
    tokens = [link_token.reveal(), access_token.reveal(), str(public_token["token"]), SECRET]

    # Trouble of every kind, with the tokens in the provider's own words.
    telling = error("ITEM_LOGIN_REQUIRED")
    telling.body["error_message"] = telling.body["display_message"] = " ".join(tokens)
    alice.client.post(page_of(alice, "create_sync", connection_id=connection.pk))
    seen.append(everything_in_redis())
    with interpose(harbor, accounts__get=[telling]):
        queue.work()
    seen.append(alice.client.get(page_of(alice, "connections")).content.decode())
    with opened(alice, connection):
        seen.append(everything_stored(TABLES))
    seen.append(caplog.text)
    seen.append(str(queue.done))

    haystack = "\n".join(seen)
    for token in tokens:
        assert token not in haystack
    # What was searched is what it should be: ids of the run and of the link, words of the page, lines of the log.
    for present in (str(connection.pk), "Sign in at the bank", "ITEM_LOGIN_REQUIRED", "integrations.run_sync"):
        assert present in haystack


def test_a_token_would_be_found(
    alice: Persona, harbor: Sandbox, queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    planted = "access-planted-token"
    caplog.set_level(logging.DEBUG)
    logging.getLogger("integrations").debug("a careless line with %s", planted)
    assert planted in caplog.text
    current_app.send_task("integrations.run_sync", [planted])
    assert planted in everything_in_redis()
    queue.discard()


def test_an_exception_with_a_token_in_reach_does_not_show_it(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    alice.client.get(linked_page(alice, harbor))
    queue.work()
    connection = newest_connection(alice)
    with opened(alice, connection) as now:
        token = now.access_token
        assert token is not None
        try:
            raise RuntimeError(f"{now!r} {now.__dict__} {token}")
        except RuntimeError as caught:
            text = "".join(traceback.format_exception(caught))
            assert token.reveal() not in text
            assert "Secret(…)" in text


def test_a_token_cannot_be_put_in_a_tasks_arguments() -> None:
    with pytest.raises(Exception, match=r"Secret|serializ|JSON|pickle"):
        current_app.send_task("integrations.run_sync", [Secret("access-1")])


def test_a_token_is_erased_with_its_visit(alice: Persona, harbor: Sandbox, queue: TaskQueue) -> None:
    alice.client.get(linked_page(alice, harbor))
    with workspace_scope(alice.workspace.pk):
        assert LinkSession.objects.get().link_token is not None
    queue.work()
    with workspace_scope(alice.workspace.pk):
        assert LinkSession.objects.get().link_token is None
        assert Connection.objects.get().access_token is not None
