"""What is asked for by name is there under that name."""

import importlib
import re
from pathlib import Path

import pytest

from config.celery import app
from config.demo.local import REPOSITORY

NAMES = {
    value
    for owner in ("vault", "audit", "accounts", "ledger", "integrations", "billing", "trust.alerts")
    for name, value in vars(importlib.import_module(f"{owner}.queues")).items()
    if name.isupper() and isinstance(value, str)
}


@pytest.fixture(scope="module", autouse=True)
def _worker_modules() -> None:
    app.loader.import_default_modules()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_that_actions_enqueue_is_a_task(name: str) -> None:
    assert name in app.tasks


# What is asked for after a commit and gets lost with the queue is asked for again by one of these, which the clock runs.
FOUND_BY = {
    "accounts.send_mail": "accounts.find_due_mails",
    "alerts.send_delivery": "alerts.find_deliveries",
    "audit.make_bundle": "audit.find_bundles",
    "audit.verify_workspace": "audit.close_day",
    "billing.handle_event": "billing.find_due_events",
    "billing.refresh": "billing.find_customers",
    "integrations.run_sync": "integrations.sweep",
    "integrations.resume_syncs": "integrations.sweep",
    "integrations.finish_link": "integrations.sweep",
    "integrations.finish_grant": "integrations.sweep",
    "integrations.handle_webhook": "integrations.sweep",
    "integrations.end_item": "integrations.sweep",
    "integrations.send_alert": "integrations.sweep",
    "ledger.rebuild_months": "ledger.find_stale_sheets",
}
ENQUEUED = re.compile(r"\benqueue_after_commit\(\s*([A-Z_]+)")


def test_what_is_asked_for_after_a_commit_is_found_by_the_clock_too() -> None:
    asked = {
        (_app_of(path), name)
        for owner in ("audit", "accounts", "ledger", "integrations", "billing", "trust")
        for path in (REPOSITORY / owner).rglob("*.py")
        for name in ENQUEUED.findall(path.read_text())
    }
    tasks = {getattr(importlib.import_module(f"{owner}.queues"), name) for owner, name in asked}

    assert tasks == set(FOUND_BY)
    assert set(FOUND_BY.values()) <= {entry["task"] for entry in app.conf.beat_schedule.values()}


def _app_of(path: Path) -> str:
    first, second = path.relative_to(REPOSITORY).parts[:2]
    return f"{first}.{second}" if first == "trust" else first


def test_a_name_without_a_task_would_be_found() -> None:
    assert "ledger.nothing_of_ours" not in app.tasks


def test_the_clock_asks_only_for_tasks() -> None:
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert asked
    assert asked <= NAMES
