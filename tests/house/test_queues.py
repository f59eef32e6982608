"""What is asked for by name is there under that name."""

import importlib

import pytest

from config.celery import app

NAMES = {
    value
    for owner in ("vault", "audit", "accounts", "ledger", "integrations")
    for name, value in vars(importlib.import_module(f"{owner}.queues")).items()
    if name.isupper() and isinstance(value, str)
}


@pytest.fixture(scope="module", autouse=True)
def _worker_modules() -> None:
    app.loader.import_default_modules()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_that_actions_enqueue_is_a_task(name: str) -> None:
    assert name in app.tasks


def test_a_name_without_a_task_would_be_found() -> None:
    assert "ledger.nothing_of_ours" not in app.tasks


def test_the_clock_asks_only_for_tasks() -> None:
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert asked
    assert asked <= NAMES
