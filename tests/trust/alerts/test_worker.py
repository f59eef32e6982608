"""From an event to a mail and a signed message, through the real queue, worker and receiver. R121."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app

from accounts.access import workspace_scope
from audit.log import Target, record
from tests.support.environment import Workplace
from tests.support.people import Persona
from tests.support.waiting import wait_until
from tests.trust.alerts.records import catch_up
from trust.alerts.queues import FIND_NEWS

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "scheduler"]),
    pytest.mark.usefixtures("celery_worker_process"),
]


def mails_about(folder: Path, address: str) -> list[str]:
    found = (file.read_text() for file in folder.glob("*.log"))
    return [text for text in found if f"To: {address}" in text and "A bank or books were connected" in text]


def test_an_event_is_mailed_by_the_worker(alice: Persona, workplace: Workplace) -> None:
    catch_up()
    catch_up(alice.workspace.pk)
    with workspace_scope(alice.workspace.pk):
        record(actor=alice.actor, action="integrations.connection.created", target=Target("connection", uuid4()))

    # As beat does every five seconds.
    current_app.send_task(FIND_NEWS)

    wait_until(lambda: bool(mails_about(workplace.mails, alice.user.email)), "a mail about the alert")
    assert len(mails_about(workplace.mails, alice.user.email)) == 1


def test_the_clock_asks_every_five_seconds() -> None:
    entry: dict[str, Any] = next(one for one in current_app.conf.beat_schedule.values() if one["task"] == FIND_NEWS)

    assert entry["schedule"].total_seconds() == 5
