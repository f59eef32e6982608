"""The clock's address: who knows the token asks for what is due, once; nobody else does anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings

from config.celery import app
from config.cron import LOCK, noted
from tests.integrations.linked import TaskQueue
from tests.support.client import ScopeCheckingClient
from tests.support.people import Persona

TOKEN = "clock-token-only-for-tests-" * 2
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(settings: Settings) -> None:
    settings.CRON_TOKEN = TOKEN


def ask(client: ScopeCheckingClient, authorization: str = f"Bearer {TOKEN}") -> Any:
    return client.post("/cron/", headers={"Authorization": authorization} if authorization else {})


# R53
def test_without_a_configured_token_it_refuses_to_run(
    client: ScopeCheckingClient, settings: Settings, queue: TaskQueue
) -> None:
    settings.CRON_TOKEN = ""

    for authorization in ("Bearer ", f"Bearer {TOKEN}", ""):
        assert ask(client, authorization).status_code == 500
    assert queue.discard() == []


@pytest.mark.parametrize("authorization", ["", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é"])
def test_nobody_without_the_token_is_let_in(client: ScopeCheckingClient, queue: TaskQueue, authorization: str) -> None:
    answer = ask(client, authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert queue.discard() == []


def test_a_browsers_session_is_no_token(alice: Persona, queue: TaskQueue) -> None:
    assert ask(alice.client, "").status_code == 401
    assert alice.client.get("/cron/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405
    assert queue.discard() == []


# R52
def test_what_is_due_is_asked_for_once(client: ScopeCheckingClient, queue: TaskQueue) -> None:
    jobs = {name: job["task"] for name, job in app.conf.beat_schedule.items()}

    first = ask(client).json()["asked"]
    waiting = [task for task, _ in queue.discard()]
    again = ask(client).json()["asked"]

    assert set(first) == set(jobs)
    assert sorted(waiting) == sorted(jobs.values())
    assert again == []
    assert queue.discard() == []


def test_a_job_is_asked_for_as_beat_would(client: ScopeCheckingClient, queue: TaskQueue) -> None:
    lasting = {job["task"] for job in app.conf.beat_schedule.values() if job.get("options", {}).get("expires")}

    ask(client)

    assert {told["task"] for told in queue.headers() if told["expires"]} == lasting != set()


def test_what_has_come_round_is_asked_for_again(client: ScopeCheckingClient, queue: TaskQueue) -> None:
    ask(client)
    queue.discard()
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    for name in app.conf.beat_schedule:
        cache.set(noted(name), long_ago.isoformat())

    asked = ask(client).json()["asked"]

    assert "take up what is due" in asked
    assert "forget sessions that ended" not in asked
    assert len(queue.discard()) == len(asked)


def test_two_at_once_do_not_ask_twice(client: ScopeCheckingClient, queue: TaskQueue) -> None:
    cache.add(LOCK, 1, 30)

    assert ask(client).json() == {"asked": []}
    assert queue.discard() == []
